import * as vscode from "vscode";
import { Server } from "./server";

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
    const output = vscode.window.createOutputChannel("SchemaBot", { log: true });
    const running = new Server(output);
    server = running;
    context.subscriptions.push(
        output,
        running,
        vscode.commands.registerCommand("schemabot.restartServer", () => running.restart()),
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

export async function deactivate(): Promise<void> {
    await server?.stop();
}
