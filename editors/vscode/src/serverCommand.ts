// Finds the server program. The answer is always an absolute path: the operating system never searches the
// workspace (an empty or relative PATH entry, Windows' current folder) for a program to run.
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { homedir } from "node:os";
import * as path from "node:path";

export type ServerCommand = { found: true; command: string } | { found: false; problem: string };

const PROGRAM = process.platform === "win32" ? "schemabot.exe" : "schemabot";
const INSTALL = "Install it with `pipx install schemabot-language-server` or `pip install schemabot-language-server`";

/** The program named by the setting `schemabot.server.path`, or `schemabot` on the PATH when that is empty. */
export async function findServer(setting: string): Promise<ServerCommand> {
    const configured = setting.trim();
    return configured ? named(configured) : onPath();
}

async function named(setting: string): Promise<ServerCommand> {
    const command = /^~[/\\]/.test(setting) ? path.join(homedir(), setting.slice(2)) : setting;
    if (!path.isAbsolute(command)) {
        return missing(`the setting schemabot.server.path must be an absolute path, but is "${setting}".`);
    }
    if (!(await isProgram(command))) {
        return missing(`there is no program at ${command} (setting schemabot.server.path). Correct the setting, or leave it empty to use the PATH.`);
    }
    return { found: true, command };
}

async function onPath(): Promise<ServerCommand> {
    const folders = (process.env["PATH"] ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
    for (const folder of folders) {
        const command = path.join(folder, PROGRAM);
        if (await isProgram(command)) {
            return { found: true, command };
        }
    }
    return missing(`the program "schemabot" is not on the PATH. ${INSTALL}, or set schemabot.server.path to where it is.`);
}

function missing(problem: string): ServerCommand {
    return { found: false, problem };
}

async function isProgram(file: string): Promise<boolean> {
    try {
        await access(file, constants.X_OK);
        return (await stat(file)).isFile();
    } catch {
        return false;
    }
}
