-- :checkhealth schemabot

local M = {}

local VERSION_TIMEOUT_MS = 10000

local INSTALL = {
  'Install it: pipx install schemabot-language-server',
  "or name it: vim.lsp.config('schemabot', { cmd = { '/path/to/schemabot', 'lsp' } })",
}

---@param program string
local function check_program(program)
  local path = vim.fn.exepath(program)
  if path == '' then
    vim.health.error(('the program "%s" was not found'):format(program), INSTALL)
    return
  end
  local started, process = pcall(vim.system, { path, '--version' }, { text = true, timeout = VERSION_TIMEOUT_MS })
  if not started then
    vim.health.error(('%s cannot be run: %s'):format(path, process), INSTALL)
    return
  end
  local result = process:wait()
  if result.code == 0 then
    vim.health.ok(('%s: %s'):format(path, vim.trim(result.stdout)))
  else
    vim.health.error(('"%s --version" ended with %d: %s'):format(path, result.code, vim.trim(result.stderr)), INSTALL)
  end
end

local function check_clients()
  local clients = vim.lsp.get_clients({ name = 'schemabot' })
  if #clients == 0 then
    vim.health.info('no server is running: it starts when a SQL file is opened')
  end
  for _, client in ipairs(clients) do
    local info = client.server_info or {}
    vim.health.ok(
      ('server %s %s is attached to %d buffer(s), root %s'):format(
        info.name or '?',
        info.version or '?',
        vim.tbl_count(client.attached_buffers),
        client.root_dir or '(none)'
      )
    )
  end
end

function M.check()
  vim.health.start('SchemaBot')
  if vim.fn.has('nvim-0.11') == 0 then
    vim.health.error('Neovim 0.11 or newer is needed')
    return
  end
  vim.health.ok('Neovim ' .. tostring(vim.version()))
  if not vim.lsp.is_enabled('schemabot') then
    vim.health.warn('the server is not enabled', { "vim.lsp.enable('schemabot')" })
  end
  local cmd = vim.lsp.config.schemabot.cmd
  if type(cmd) == 'table' then
    check_program(cmd[1])
  end
  check_clients()
end

return M
