-- The client configuration of SchemaBot, found by vim.lsp.enable('schemabot'). Change any of it with
-- vim.lsp.config('schemabot', { ... }); see :help schemabot-settings.

local PROJECT_FILES = { 'schemabot.toml', 'supabase/config.toml' }

--- The nearest folder upwards that is a project, else the git repository. Not `root_markers`: a marker with
--- a slash makes the folder of the file the root, which would be `supabase`.
---@param bufnr integer
---@return string?
local function find_root(bufnr)
  local file = vim.api.nvim_buf_get_name(bufnr)
  for folder in vim.fs.parents(file) do
    for _, name in ipairs(PROJECT_FILES) do
      if vim.uv.fs_stat(vim.fs.joinpath(folder, name)) then
        return folder
      end
    end
  end
  return vim.fs.root(bufnr, '.git')
end

---@type vim.lsp.Config
return {
  cmd = { 'schemabot', 'lsp' },
  -- Not the project's folder: Python must not import a module that lies there.
  cmd_cwd = vim.uv.os_homedir(),
  cmd_env = { PYTHONSAFEPATH = '1' },
  filetypes = { 'sql', 'postgres', 'plpgsql', 'pgsql' },
  root_dir = function(bufnr, on_dir)
    on_dir(find_root(bufnr))
  end,
  settings = { schemabot = { preset = 'recommended' } },
  before_init = function(params, config)
    params.initializationOptions = config.settings.schemabot
  end,
}
