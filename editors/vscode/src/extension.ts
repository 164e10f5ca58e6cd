import * as vscode from "vscode";
import { knows, RemoteStatus } from "./remote";
import { SELECTOR, Server } from "./server";

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
    const output = vscode.window.createOutputChannel("SchemaBot", { log: true });
    const running = new Server(output);
    const remote = new RemoteStatus(SELECTOR);
    server = running;
    context.subscriptions.push(
        output,
        running,
        remote,
        vscode.commands.registerCommand("schemabot.restartServer", () => running.restart()),
        vscode.commands.registerCommand("schemabot.createMigration", createMigration),
        vscode.commands.registerCommand("schemabot.verifyMigrations", verifyMigrations),
        vscode.commands.registerCommand("schemabot.readRemote", async () => {
            const found = await askServer("schemabot.pull", activeUri());
            await remote.refresh();
            return found;
        }),
        vscode.commands.registerCommand("schemabot.showOutput", () => output.show()),
        vscode.commands.registerCommand("schemabot.openServerSetting", () =>
            vscode.commands.executeCommand("workbench.action.openSettings", "schemabot.server.path"),
        ),
        vscode.workspace.onDidChangeConfiguration((change) => {
            if (change.affectsConfiguration("schemabot.server.path")) {
                void running.restart();
            }
        }),
    );
    void running.start();
}

/** The server's own commands are registered by the client under their names; these ask for what they need first. */
async function createMigration(): Promise<void> {
    const title = await vscode.window.showInputBox({
        title: "New migration",
        prompt: "What it is to do, in a few words",
        placeHolder: "add email to customers",
    });
    if (title !== undefined) {
        await askServer("schemabot.newMigration", title, activeUri());
    }
}

async function verifyMigrations(): Promise<void> {
    await askServer("schemabot.verify", activeUri());
}

function activeUri(): string {
    return vscode.window.activeTextEditor?.document.uri.toString() ?? "";
}

async function askServer(command: string, ...parameters: string[]): Promise<unknown> {
    if (!(await knows(command))) {
        void vscode.window.showWarningMessage("SchemaBot's server is not running: open a migration first.");
        return undefined;
    }
    return vscode.commands.executeCommand(command, ...parameters);
}

export async function deactivate(): Promise<void> {
    await server?.stop();
}
