// Runs suite.js in a real VS Code: code-server (the workbench and the extension host) in a headless Chromium.
// Environment:
//   SCHEMABOT_TEST_EDITORS    the folder with code-server and playwright-core (see .ci/install-editors)
//   SCHEMABOT_TEST_CHROMIUM   the browser
//   SCHEMABOT_TEST_VSIX       the packaged extension
//   SCHEMABOT_TEST_SERVER     the program that the extension starts with the argument `lsp`
//   SCHEMABOT_TEST_WORKSPACE  the folder to open
//   SCHEMABOT_TEST_MIGRATION  the path in it of the file to open
//   SCHEMABOT_TEST_SCRATCH    a folder for the user's data, the home folder and logs
// Prints a line for each step that passed. Exit code: 0 all passed, 1 not.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const START_MS = 20_000;
const SUITE_MS = 45_000;
const STOP_MS = 5_000;
const CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

function needed(name) {
    const value = process.env[`SCHEMABOT_TEST_${name}`];
    if (!value) {
        throw new Error(`SCHEMABOT_TEST_${name} is not set`);
    }
    return value;
}

const editors = needed("EDITORS");
const workspace = needed("WORKSPACE");
const scratch = needed("SCRATCH");
const userData = path.join(scratch, "user");
const results = path.join(scratch, "results.json");
const tests = path.dirname(fileURLToPath(import.meta.url));

function write(file, content) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
}

function prepare() {
    const intruder = path.join(workspace, "intruder");
    write(intruder, `#!/bin/sh\ntouch '${path.join(workspace, "was-run")}'\n`);
    fs.chmodSync(intruder, 0o755);
    write(path.join(workspace, ".vscode/settings.json"), { "schemabot.server.path": intruder });
    // A machine setting belongs to the machine that the extension host runs on.
    write(path.join(userData, "Machine/settings.json"), { "schemabot.server.path": needed("SERVER") });
    write(path.join(userData, "User/settings.json"), {
        "telemetry.telemetryLevel": "off",
        "workbench.reduceMotion": "on",
        "extensions.autoCheckUpdates": false,
        "extensions.ignoreRecommendations": true,
        "files.autoSave": "off", // the browser saves after a second, unless told not to
        "editor.autoClosingBrackets": "never",
        "editor.autoClosingComments": "never",
        "editor.acceptSuggestionOnCommitCharacter": false,
        "schemabot.trace.server": "messages",
    });
}

async function freePort() {
    const probe = net.createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = probe.address();
    probe.close();
    return port;
}

const environment = {
    ...process.env,
    HOME: path.join(scratch, "home"),
    XDG_CONFIG_HOME: path.join(scratch, "home/config"),
    XDG_CACHE_HOME: path.join(scratch, "home/cache"),
    XDG_DATA_HOME: path.join(scratch, "home/data"),
    EXTENSIONS_GALLERY: "{}", // nothing is asked from a registry of extensions
    SCHEMABOT_TEST_RESULTS: results,
};
delete environment.VSCODE_IPC_HOOK_CLI; // set in a terminal of code-server, which would take over the window

const codeServer = [
    path.join(editors, "node_modules/code-server/out/node/entry.js"),
    "--user-data-dir",
    userData,
    "--extensions-dir",
    path.join(scratch, "extensions"),
];

async function serve(port) {
    const installed = spawnSync(process.execPath, [...codeServer, "--install-extension", needed("VSIX")], {
        env: environment,
        encoding: "utf8",
    });
    if (installed.status !== 0) {
        throw new Error(`the extension cannot be installed: ${installed.stdout}${installed.stderr}`);
    }
    const log = fs.openSync(path.join(scratch, "code-server.log"), "w");
    const child = spawn(
        process.execPath,
        [
            ...codeServer,
            "--auth=none",
            `--bind-addr=127.0.0.1:${port}`,
            "--disable-telemetry",
            "--disable-update-check",
            "--disable-workspace-trust",
            "--disable-getting-started-override",
        ],
        { env: environment, stdio: ["ignore", log, log], detached: true },
    );
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline && child.exitCode === null) {
        const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
        if (answer?.ok) {
            return child;
        }
        await sleep(50);
    }
    await stop(child);
    throw new Error(`code-server does not start: ${fs.readFileSync(path.join(scratch, "code-server.log"), "utf8")}`);
}

/** Ends the process and its children (it leads a process group), and returns when none is left. */
async function stop(child) {
    for (const signal of ["SIGTERM", "SIGKILL"]) {
        const deadline = Date.now() + STOP_MS;
        for (let next = signal; Date.now() < deadline; next = 0) {
            try {
                process.kill(-child.pid, next);
            } catch (error) {
                if (error.code === "ESRCH") {
                    return;
                }
                throw error;
            }
            await sleep(20);
        }
    }
}

/** In the page, before any script of the workbench: asks it to run the tests in the extension host. */
function addTests({ extension, suite }) {
    const observer = new MutationObserver(() => {
        const meta = document.getElementById("vscode-workbench-web-configuration");
        if (meta) {
            observer.disconnect();
            const settings = JSON.parse(meta.getAttribute("data-settings"));
            const remote = (file) => ({ scheme: "vscode-remote", authority: location.host, path: file });
            settings.developmentOptions = {
                ...settings.developmentOptions,
                extensions: [remote(extension)],
                extensionTestsPath: remote(suite),
            };
            meta.setAttribute("data-settings", JSON.stringify(settings));
        }
    });
    observer.observe(document, { childList: true, subtree: true });
}

async function runSuite(port) {
    const { chromium } = createRequire(path.join(editors, "package.json"))("playwright-core");
    const browser = await chromium.launch({ executablePath: needed("CHROMIUM"), args: CHROMIUM_FLAGS });
    try {
        const page = await browser.newPage();
        const logged = [];
        page.on("console", (message) => logged.push(message.text()));
        let ended;
        const exit = new Promise((resolve) => (ended = resolve));
        await page.exposeFunction("codeAutomationExit", (code) => ended(code));
        await page.exposeFunction("codeAutomationLog", (_type, args) => logged.push(args.join(" ")));
        await page.addInitScript(addTests, { extension: tests, suite: path.join(tests, "suite.js") });
        await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(workspace)}`);
        const code = await Promise.race([exit, sleep(SUITE_MS, "late", { ref: false })]);
        if (code === "late") {
            await page.screenshot({ path: path.join(scratch, "late.png") });
            throw new Error(`the tests did not end in ${SUITE_MS} ms\n${logged.slice(-30).join("\n")}`);
        }
        return code;
    } finally {
        await browser.close();
    }
}

prepare();
const port = await freePort();
const child = await serve(port);
let code;
try {
    code = await runSuite(port);
} finally {
    await stop(child);
}
const { passed, problem } = JSON.parse(fs.readFileSync(results, "utf8"));
passed.forEach((name) => console.log(`passed: ${name}`));
if (problem !== null) {
    console.log(`failed: ${problem}`);
}
process.exitCode = code === 0 && problem === null ? 0 : 1;
