import * as vscode from "vscode";

/** Shows the state of the server in the language status menu ({}) of SQL files. */
export class ServerStatus implements vscode.Disposable {
    private readonly item: vscode.LanguageStatusItem;

    constructor(selector: vscode.DocumentSelector) {
        this.item = vscode.languages.createLanguageStatusItem("schemabot.server", selector);
        this.item.name = "SchemaBot Server";
        this.item.command = { command: "schemabot.showOutput", title: "Show Output" };
        this.stopped();
    }

    starting(): void {
        this.show("SchemaBot: starting", vscode.LanguageStatusSeverity.Information, "", true);
    }

    running(version: string | undefined): void {
        this.show(`SchemaBot ${version ?? ""}`.trimEnd(), vscode.LanguageStatusSeverity.Information, "running");
    }

    stopped(): void {
        this.show("SchemaBot: stopped", vscode.LanguageStatusSeverity.Warning, "");
    }

    failed(problem: string): void {
        this.show("SchemaBot: not running", vscode.LanguageStatusSeverity.Error, problem);
    }

    dispose(): void {
        this.item.dispose();
    }

    private show(text: string, severity: vscode.LanguageStatusSeverity, detail: string, busy = false): void {
        this.item.text = text;
        this.item.severity = severity;
        this.item.detail = detail;
        this.item.busy = busy;
    }
}
