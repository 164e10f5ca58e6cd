import * as vscode from "vscode";

const OFTEN_MS = 5_000;

interface Known {
    known: boolean;
    text: string;
    pending?: number | null;
}

/** Shows in the language status menu ({}) which database was read for this project, and how long ago. */
export class RemoteStatus implements vscode.Disposable {
    private readonly item: vscode.LanguageStatusItem;
    private readonly listeners: vscode.Disposable[];
    private refreshed = 0;

    constructor(selector: vscode.DocumentSelector) {
        this.item = vscode.languages.createLanguageStatusItem("schemabot.remote", selector);
        this.item.name = "SchemaBot Remote";
        this.item.text = "Remote schema";
        this.item.command = { command: "schemabot.readRemote", title: "Read" };
        this.listeners = [
            vscode.window.onDidChangeActiveTextEditor(() => this.refresh()),
            vscode.window.onDidChangeWindowState(() => this.refresh()),
            vscode.languages.onDidChangeDiagnostics(() => this.perhapsLoaded()),
        ];
        void this.refresh();
    }

    /** A project may have been loaded, but diagnostics change with keys, too. */
    private perhapsLoaded(): void {
        if (Date.now() - this.refreshed > OFTEN_MS) {
            void this.refresh();
        }
    }

    async refresh(): Promise<void> {
        this.refreshed = Date.now();
        const editor = vscode.window.activeTextEditor;
        if (editor === undefined || !(await knows("schemabot.remoteStatus"))) {
            return;
        }
        const uri = editor.document.uri.toString();
        const status = await vscode.commands.executeCommand<Known | null>("schemabot.remoteStatus", uri).then(
            (answer) => answer,
            () => null, // the server is ending: there will be another one
        );
        this.item.text = status?.known ? `Remote: ${status.text}` : "Remote schema: not read";
        this.item.detail = status?.pending ? `${status.pending} migrations are not applied there` : "";
        this.item.command = { command: "schemabot.readRemote", title: status?.known ? "Read Again" : "Read" };
    }

    dispose(): void {
        this.item.dispose();
        this.listeners.forEach((listener) => listener.dispose());
    }
}

/** Whether a command is there: the server's own are, while it runs. */
export async function knows(command: string): Promise<boolean> {
    return (await vscode.commands.getCommands(true)).includes(command);
}
