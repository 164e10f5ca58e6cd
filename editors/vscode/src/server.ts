import { homedir } from "node:os";
import * as vscode from "vscode";
import { CloseAction, ErrorAction, type ErrorHandler, LanguageClient, State, TransportKind } from "vscode-languageclient/node";
import { findServer } from "./serverCommand";
import { ServerStatus } from "./status";

const SECTION = "schemabot";
const LANGUAGES = ["sql", "postgres", "plpgsql", "pgsql"];
export const SELECTOR = LANGUAGES.map((language) => ({ scheme: "file", language }));

/** Writes errors of the connection to the output only: what the user has to know, Server says in one message. */
class QuietClient extends LanguageClient {
    override error(message: string, data?: unknown): void {
        super.error(message, data, false);
    }
}

/** The server process and what the user sees of it. Starting and stopping happen one after the other. */
export class Server implements vscode.Disposable {
    private client: LanguageClient | undefined;
    private pending: Promise<void> = Promise.resolve();
    private readonly status = new ServerStatus(SELECTOR);

    constructor(private readonly output: vscode.LogOutputChannel) {}

    start(): Promise<void> {
        return this.afterPending(() => this.launch());
    }

    stop(): Promise<void> {
        return this.afterPending(() => this.shutDown());
    }

    restart(): Promise<void> {
        return this.afterPending(async () => {
            await this.shutDown();
            await this.launch();
        });
    }

    dispose(): void {
        this.status.dispose();
    }

    private afterPending(step: () => Promise<void>): Promise<void> {
        this.pending = this.pending.then(step);
        return this.pending;
    }

    private async launch(): Promise<void> {
        const server = await findServer(settings().get<string>("server.path", ""));
        if (!server.found) {
            this.fail(server.problem);
            return;
        }
        this.output.info(`Starting ${server.command} lsp`);
        const { client, ended } = this.createClient(server.command);
        this.client = client;
        client.onDidChangeState(({ newState }) => this.showState(client, newState));
        try {
            await Promise.race([client.start(), ended]);
        } catch (error) {
            this.client = undefined;
            this.fail(`"${server.command} lsp" does not start: ${messageOf(error)}. The output says more.`);
        }
    }

    private async shutDown(): Promise<void> {
        const client = this.client;
        this.client = undefined;
        try {
            await client?.dispose();
        } catch (error) {
            // A server that never came up, or died, cannot be asked to shut down; there is nothing left to stop.
            this.output.warn(`The server did not shut down: ${messageOf(error)}`);
        }
        this.status.stopped();
    }

    /** The client, and a promise that is rejected when the program ends before it answers for the first time. */
    private createClient(command: string): { client: LanguageClient; ended: Promise<never> } {
        const executable = {
            command,
            args: ["lsp"],
            transport: TransportKind.stdio,
            // Not the workspace: Python must not import a module that lies there.
            options: { cwd: homedir(), env: { ...process.env, PYTHONSAFEPATH: "1" } },
        };
        let endedEarly: (reason: Error) => void;
        const ended = new Promise<never>((_resolve, reject) => (endedEarly = reject));
        const errorHandler: ErrorHandler = {
            error: (error, message, count) =>
                client.initializeResult === undefined
                    ? { action: ErrorAction.Continue } // it ended: closed() follows
                    : crashes.error(error, message, count),
            closed: async () => {
                if (client.initializeResult === undefined) {
                    endedEarly(new Error("it ended before it was ready"));
                    return { action: CloseAction.DoNotRestart };
                }
                const answer = await crashes.closed(); // starts it again, unless that happens too often
                if (answer.action === CloseAction.DoNotRestart) {
                    this.fail("the server crashed again and again, and was not started once more.");
                }
                return answer;
            },
        };
        const client = new QuietClient(SECTION, "SchemaBot", { run: executable, debug: executable }, {
            documentSelector: SELECTOR,
            outputChannel: this.output,
            traceOutputChannel: this.output,
            initializationOptions: () => plain(settings()),
            initializationFailedHandler: () => false, // launch() tells the user
            errorHandler,
            // Which files to watch the server says itself: `fileEvents` would report each change twice.
            synchronize: { configurationSection: SECTION },
        });
        const crashes = client.createDefaultErrorHandler();
        return { client, ended };
    }

    private showState(client: LanguageClient, state: State): void {
        if (client !== this.client) {
            return; // the last words of a client that was told to stop
        }
        if (state === State.Running) {
            this.status.running(client.initializeResult?.serverInfo?.version);
        } else if (state === State.Stopped) {
            this.status.stopped();
        } else {
            this.status.starting();
        }
    }

    private fail(problem: string): void {
        this.status.failed(problem);
        this.output.error(problem);
        void this.explain(problem);
    }

    private async explain(problem: string): Promise<void> {
        const open = "Open Setting";
        const show = "Show Output";
        const choice = await vscode.window.showErrorMessage(`SchemaBot: ${problem}`, open, show);
        if (choice === open) {
            await vscode.commands.executeCommand("schemabot.openServerSetting");
        } else if (choice === show) {
            this.output.show();
        }
    }
}

function settings(): vscode.WorkspaceConfiguration {
    return vscode.workspace.getConfiguration(SECTION);
}

function plain(value: vscode.WorkspaceConfiguration): unknown {
    return JSON.parse(JSON.stringify(value));
}

function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}
