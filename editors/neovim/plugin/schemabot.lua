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

if vim.g.schemabot_enable ~= false then
  vim.lsp.enable('schemabot')
end
