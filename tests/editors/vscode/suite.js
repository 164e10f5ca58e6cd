// Runs inside VS Code's extension host (see driver.mjs) with the installed SchemaBot extension. Each step is
// noted in the file SCHEMABOT_TEST_RESULTS as it passes; the first that fails ends the run.
"use strict";
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const vscode = require("vscode");

const DEADLINE_MS = 15_000;
const CREATE_TABLE = "create table public.t (id uuid primary key);";

const migration = vscode.Uri.file(path.join(process.env.SCHEMABOT_TEST_WORKSPACE, process.env.SCHEMABOT_TEST_MIGRATION));
const results = [];

function report(error) {
    const problem = error === undefined ? null : String(error instanceof Error ? (error.stack ?? error) : error);
    fs.writeFileSync(process.env.SCHEMABOT_TEST_RESULTS, JSON.stringify({ passed: results, problem }));
}

async function step(name, action) {
    try {
        await action();
        results.push(name);
    } catch (error) {
        throw new Error(`${name}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
}

const codeOf = (diagnostic) => (typeof diagnostic.code === "object" ? diagnostic.code.value : diagnostic.code);
const ours = () => vscode.languages.getDiagnostics(migration).filter((found) => found.source === "schemabot");
const rlsDisabled = () => ours().find((found) => codeOf(found) === "rls-disabled");
const describe = () => ours().map((found) => `${codeOf(found)} at ${found.range.start.line}:${found.range.start.character}`);

/** The first true-ish answer of `probe`, asked again whenever diagnostics change. */
function until(what, probe) {
    return new Promise((resolve, reject) => {
        const finish = (settle, value) => {
            clearTimeout(timer);
            listener.dispose();
            settle(value);
        };
        const look = () => {
            const answer = probe();
            if (answer) {
                finish(resolve, answer);
            }
        };
        const listener = vscode.languages.onDidChangeDiagnostics(look);
        const timer = setTimeout(
            () => finish(reject, new Error(`waited for ${what}; the diagnostics are [${describe().join(", ")}]`)),
            DEADLINE_MS,
        );
        look();
    });
}

/** Types like the keyboard does, into the active editor, at the end of the document. */
async function typeAtEnd(editor, text) {
    const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
    editor.selection = new vscode.Selection(end, end);
    await vscode.commands.executeCommand("type", { text });
}

async function runSteps() {
    let editor;
    let diagnostic;

    await step("a migration is opened, and the extension starts", async () => {
        const document = await vscode.workspace.openTextDocument(migration);
        editor = await vscode.window.showTextDocument(document);
        assert.equal(document.languageId, "sql");
        const extension = vscode.extensions.getExtension("schemabot.schemabot");
        assert.ok(extension, "the extension schemabot.schemabot is not installed");
        await extension.activate();
    });

    await step("rls-disabled is reported at the table's name", async () => {
        diagnostic = await until("rls-disabled", rlsDisabled);
        assert.equal(diagnostic.severity, vscode.DiagnosticSeverity.Error);
        assert.equal(diagnostic.range.start.line, 0);
        assert.match(editor.document.getText(diagnostic.range), /^(public\.)?t$/);
    });

    await step("the workspace's schemabot.server.path is ignored", async () => {
        const marker = path.join(process.env.SCHEMABOT_TEST_WORKSPACE, "was-run");
        assert.ok(!fs.existsSync(marker), "the program that the workspace names was run");
    });

    await step("its quick fix enables row level security", async () => {
        const actions = await vscode.commands.executeCommand(
            "vscode.executeCodeActionProvider",
            migration,
            diagnostic.range,
            vscode.CodeActionKind.QuickFix.value,
            20,
        );
        // The API does not say which diagnostics an action fixes.
        const fix = actions.find((action) => action.edit && /row level security/i.test(action.title));
        assert.ok(fix, `no such fix among [${actions.map((action) => action.title).join(", ")}]`);
        assert.ok(await vscode.workspace.applyEdit(fix.edit), "the edit was not applied");
        await until("rls-disabled to go", () => !rlsDisabled());
        const text = editor.document.getText();
        assert.match(text, /^alter table public\.t enable row level security;$/im);
        assert.ok(text.startsWith(CREATE_TABLE), text);
    });

    await step("diagnostics follow what is typed, beyond characters of two UTF-16 units", async () => {
        await typeAtEnd(editor, "\n/* 🌱🌱 */ selec 1;");
        const line = editor.document.lineCount - 1;
        const onLine = () => ours().find((found) => found.range.start.line === line);
        const error = await until("an error in what was typed", onLine);
        const written = editor.document.lineAt(line).text;
        assert.equal(error.range.start.character, written.indexOf("selec"), "UTF-16 column of the error");
        const word = new vscode.Position(line, written.indexOf("selec") + "selec".length);
        assert.ok(await editor.edit((edit) => edit.insert(word, "t")));
        await until("the error to go", () => !onLine());
    });

    await step("diagnostics follow a deletion", async () => {
        const text = editor.document.getText();
        const [alter] = /^alter table public\.t enable row level security;$/im.exec(text) ?? [];
        const start = text.indexOf(alter);
        const range = new vscode.Range(
            editor.document.positionAt(start),
            editor.document.positionAt(start + alter.length),
        );
        assert.ok(await editor.edit((edit) => edit.delete(range)));
        await until("rls-disabled to come back", rlsDisabled);
    });

    await step("a migration that another program writes is seen", async () => {
        const added = path.join(path.dirname(migration.fsPath), "20250102000000_enable.sql");
        fs.writeFileSync(added, "alter table public.t enable row level security;\n");
        await until("rls-disabled to go", () => !rlsDisabled());
        fs.rmSync(added);
        await until("rls-disabled to come back", rlsDisabled);
    });

    await step("a new migration is made and shown", async () => {
        const made = await vscode.commands.executeCommand(
            "schemabot.newMigration",
            "add colour to t",
            migration.toString(),
        );
        assert.match(made, /_add_colour_to_t\.sql$/);
        const shown = () => vscode.window.activeTextEditor?.document;
        await until("the new file", () => shown()?.uri.path.endsWith("_add_colour_to_t.sql"));
        assert.match(shown().getText(), /Add colour to t/);
        await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
        fs.rmSync(vscode.Uri.parse(made).fsPath, { force: true });
        await vscode.window.showTextDocument(migration);
        await until("rls-disabled", rlsDisabled);
    });

    await step("the schema of the database is read, and hovers know it", async () => {
        const found = await vscode.commands.executeCommand("schemabot.readRemote");
        assert.equal(found?.tables, 1, JSON.stringify(found));
        const deadline = Date.now() + DEADLINE_MS;
        let status;
        while (!status?.known && Date.now() < deadline) {
            status = await vscode.commands.executeCommand("schemabot.remoteStatus", migration.toString());
        }
        assert.match(status.text, /read just now$/);
        const shown = await vscode.window.showTextDocument(migration);
        await typeAtEnd(shown, "\nselect * from public.only_there;");
        const line = shown.document.lineCount - 1;
        const place = new vscode.Position(line, "select * from public.on".length);
        const hovers = await vscode.commands.executeCommand("vscode.executeHoverProvider", migration, place);
        const told = hovers.flatMap((hover) => hover.contents).map((content) => content.value).join("\n");
        assert.match(told, /Only in the remote/);
        assert.ok(await shown.edit((edit) => edit.delete(new vscode.Range(line - 1, 1e6, line, 1e6))));
    });

    await step("the server restarts", async () => {
        const gone = until("the old server's diagnostics to go", () => ours().length === 0);
        await vscode.commands.executeCommand("schemabot.restartServer");
        await gone;
        await until("rls-disabled from the new server", rlsDisabled);
    });
}

exports.run = async () => {
    try {
        await runSteps();
        report();
    } catch (error) {
        report(error);
        throw error;
    } finally {
        await vscode.commands.executeCommand("workbench.action.files.revert");
    }
};
