-- Starts the SchemaBot language server for SQL files. Set `vim.g.schemabot_enable = false` before plugins are
-- loaded to start it yourself with vim.lsp.enable('schemabot').

if vim.g.loaded_schemabot then
  return
end
vim.g.loaded_schemabot = true

if vim.fn.has('nvim-0.11') == 0 then
  vim.notify_once('SchemaBot needs Neovim 0.11 or newer', vim.log.levels.WARN)
  return
end

--- Ask the server of the current buffer to run one of its commands.
---@param command string
---@param arguments string[]
---@param answered? lsp.Handler
local function ask(command, arguments, answered)
  local client = vim.lsp.get_clients({ name = 'schemabot', bufnr = 0 })[1]
  if not client then
    vim.notify('SchemaBot is not running for this buffer: open a migration first', vim.log.levels.WARN)
    return
  end
  client:exec_cmd({ title = command, command = command, arguments = arguments }, { bufnr = 0 }, answered)
end

vim.api.nvim_create_user_command('SchemabotNew', function(call)
  ask('schemabot.newMigration', { call.args, vim.uri_from_bufnr(0) })
end, { nargs = '+', desc = 'Make a new migration that is to do what the words say' })

vim.api.nvim_create_user_command('SchemabotVerify', function()
  ask('schemabot.verify', { vim.uri_from_bufnr(0) })
end, { desc = 'Run the migrations on a throw-away PostgreSQL' })

vim.api.nvim_create_user_command('SchemabotPull', function()
  ask('schemabot.pull', { vim.uri_from_bufnr(0) })
end, { desc = 'Read the schema of the real database' })

vim.api.nvim_create_user_command('SchemabotRemote', function()
  ask('schemabot.remoteStatus', { vim.uri_from_bufnr(0) }, function(_, status)
    vim.notify(type(status) == 'table' and status.text or 'SchemaBot knows no project here')
  end)
end, { desc = 'Say which database was read, and how long ago' })

if vim.g.schemabot_enable ~= false then
  vim.lsp.enable('schemabot')
end
