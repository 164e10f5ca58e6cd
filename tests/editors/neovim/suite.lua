-- Runs inside a headless Neovim (see ../test_neovim.py) with editors/neovim on the runtime path. Prints a line
-- for each step that passed; the first that fails ends Neovim with exit code 1.

local DEADLINE_MS = 15000

local server = assert(vim.env.SCHEMABOT_TEST_SERVER)
local workspace = assert(vim.env.SCHEMABOT_TEST_WORKSPACE)
local migration = assert(vim.env.SCHEMABOT_TEST_MIGRATION)
local exits = {}

vim.lsp.config('schemabot', {
  cmd = { server, 'lsp' },
  on_exit = function(code, signal)
    table.insert(exits, { code = code, signal = signal })
  end,
})

---@return vim.Diagnostic[]
local function findings()
  return vim.tbl_filter(function(found)
    return found.source == 'schemabot'
  end, vim.diagnostic.get(0))
end

local function rls_disabled()
  return vim.iter(findings()):find(function(found)
    return found.code == 'rls-disabled'
  end)
end

---@param what string
---@param probe fun(): any
local function wait_for(what, probe)
  local answer
  local seen = vim.wait(DEADLINE_MS, function()
    answer = probe()
    return answer and true or false
  end, 10)
  if not seen then
    error(('waited for %s; the diagnostics are %s'):format(what, vim.inspect(findings())), 0)
  end
  return answer
end

local function same(expected, actual, what)
  if not vim.deep_equal(expected, actual) then
    error(('%s: expected %s, not %s'):format(what, vim.inspect(expected), vim.inspect(actual)), 0)
  end
end

local function client()
  return vim.lsp.get_clients({ name = 'schemabot' })[1]
end

local function lines()
  return vim.api.nvim_buf_get_lines(0, 0, -1, true)
end

local function enabling_line()
  return vim.iter(ipairs(lines())):find(function(_, line)
    return line:lower() == 'alter table public.t enable row level security;'
  end)
end

local steps = {
  {
    'a migration is opened, and the server starts at the root of the project',
    function()
      vim.cmd.edit(migration)
      same('sql', vim.bo.filetype, 'filetype')
      wait_for('the server', function()
        return client() and client().initialized
      end)
      same(vim.uv.fs_realpath(workspace), vim.uv.fs_realpath(client().root_dir), 'root')
    end,
  },
  {
    "rls-disabled is reported at the table's name",
    function()
      local found = wait_for('rls-disabled', rls_disabled)
      same(vim.diagnostic.severity.ERROR, found.severity, 'severity')
      same(0, found.lnum, 'line')
      local marked = lines()[1]:sub(found.col + 1, found.end_col)
      same('t', marked:gsub('^public%.', ''), 'marked text')
    end,
  },
  {
    'its quick fix enables row level security',
    function()
      local found = rls_disabled()
      vim.api.nvim_win_set_cursor(0, { found.lnum + 1, found.col })
      local offered = 0
      vim.lsp.buf.code_action({
        apply = true,
        filter = function(action)
          if not action.edit or not action.title:lower():find('row level security', 1, true) then
            return false
          end
          offered = offered + 1
          return offered == 1 -- more than one would open a menu
        end,
      })
      wait_for('rls-disabled to go', function()
        return offered > 0 and not rls_disabled()
      end)
      assert(enabling_line(), table.concat(lines(), '\n'))
      same('create table public.t (id uuid primary key);', lines()[1], 'first line')
    end,
  },
  {
    'edits after characters of four bytes and two UTF-16 units stay in step',
    function()
      local last = vim.api.nvim_buf_line_count(0)
      local written = '/* é 🌱🌱 */ selec 1;'
      vim.api.nvim_buf_set_lines(0, last, last, true, { written })
      local function on_line()
        return vim.iter(findings()):find(function(found)
          return found.lnum == last
        end)
      end
      local before = #'/* é 🌱🌱 */ '
      same(before, wait_for('a syntax error', on_line).col, 'byte column of the error')
      -- Replacing one of the two emoji moves the error by two bytes, and only if the server has the same text.
      vim.api.nvim_buf_set_text(0, last, #'/* é ', last, #'/* é 🌱', { 'éé' })
      vim.api.nvim_buf_set_text(0, last, #'/* é ', last, #'/* é é', {})
      wait_for('the error to move', function()
        local found = on_line()
        return found and found.col == before - 2
      end)
      local after = #'/* é é🌱 */ selec'
      vim.api.nvim_buf_set_text(0, last, after, last, after, { 't' })
      same('/* é é🌱 */ select 1;', lines()[last + 1], 'line')
      wait_for('the error to go', function()
        return not on_line()
      end)
    end,
  },
  {
    'diagnostics follow undo',
    function()
      local line = enabling_line()
      vim.o.undolevels = vim.o.undolevels -- begins a new undo block, as a key would
      vim.api.nvim_buf_set_lines(0, line - 1, line, true, {})
      wait_for('rls-disabled to come back', rls_disabled)
      vim.cmd.undo()
      wait_for('rls-disabled to go again', function()
        return not rls_disabled()
      end)
    end,
  },
  {
    ':checkhealth schemabot finds nothing wrong',
    function()
      local buffer = vim.api.nvim_get_current_buf()
      vim.cmd.checkhealth('schemabot')
      local report = table.concat(lines(), '\n')
      vim.cmd.bwipeout({ bang = true })
      vim.api.nvim_set_current_buf(buffer)
      assert(not report:find('ERROR') and not report:find('WARNING'), report)
      for _, expected in ipairs({ 'OK Neovim 0%.', 'OK .*' .. vim.pesc(server) .. ': .*%d', 'OK server .*1 buffer' }) do
        assert(report:find(expected), ('no "%s" in\n%s'):format(expected, report))
      end
    end,
  },
  {
    ':SchemabotNew makes a migration and shows it',
    function()
      local buffer = vim.api.nvim_get_current_buf()
      vim.cmd.SchemabotNew('add colour to t')
      wait_for('the new file', function()
        return vim.api.nvim_buf_get_name(0):find('_add_colour_to_t%.sql$') ~= nil
      end)
      local made = vim.api.nvim_get_current_buf()
      assert(table.concat(lines(), '\n'):find('Add colour to t'), 'its text')
      vim.api.nvim_set_current_buf(buffer)
      local file = vim.api.nvim_buf_get_name(made)
      vim.cmd.bwipeout({ made, bang = true })
      vim.fn.delete(file)
    end,
  },
  {
    ':SchemabotPull reads the database, and :SchemabotRemote says so',
    function()
      local told = {}
      local notify = vim.notify
      vim.notify = function(message)
        table.insert(told, message)
      end
      vim.cmd.SchemabotPull()
      wait_for('the age of what was read', function()
        vim.cmd.SchemabotRemote()
        return vim.iter(told):any(function(message)
          return message:find('read just now') ~= nil
        end)
      end)
      vim.notify = notify
      vim.api.nvim_buf_set_lines(0, -1, -1, true, { 'select * from public.only_there;' })
      vim.api.nvim_win_set_cursor(0, { #lines(), 24 })
      local shown = wait_for('a hover', function()
        local params = vim.lsp.util.make_position_params(0, client().offset_encoding)
        local answer = client():request_sync('textDocument/hover', params, DEADLINE_MS, 0)
        return answer and answer.result and answer.result.contents.value
      end)
      assert(shown:find('Only in the remote'), shown)
      vim.cmd.undo()
    end,
  },
  {
    'the server ends when it is told to',
    function()
      vim.lsp.enable('schemabot', false)
      -- Disabling ends it in newer versions, and a second word would end it by force.
      if client() and not client():is_stopped() then
        client():stop()
      end
      wait_for('its end', function()
        return #exits > 0
      end)
      same({ { code = 0, signal = 0 } }, exits, 'how it ended')
    end,
  },
  {
    'the server starts again, to be left behind by :quit',
    function()
      vim.lsp.enable('schemabot')
      vim.cmd.doautocmd('FileType')
      wait_for('the server', function()
        return client() and client().initialized
      end)
    end,
  },
}

for _, step in ipairs(steps) do
  local name, action = step[1], step[2]
  local passed, problem = xpcall(action, debug.traceback)
  io.stdout:write(('%s: %s\n'):format(passed and 'passed' or 'failed', name))
  if not passed then
    io.stdout:write(problem, '\n')
    vim.cmd('cquit 1')
  end
end
vim.cmd('qall!')
