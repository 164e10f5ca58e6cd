;;; suite.el --- SchemaBot through eglot in a batch Emacs  -*- lexical-binding: t -*-

;; See ../test_eglot.py.  Prints a line for each step that passed; the first that fails ends Emacs with 1.

;;; Code:

(require 'cl-lib)
(require 'eglot)
(require 'flymake)
(require 'sql)

(defconst suite-deadline 15 "Seconds to wait for the server.")
(defconst suite-server (getenv "SCHEMABOT_TEST_SERVER"))
(defconst suite-migration
  (expand-file-name (getenv "SCHEMABOT_TEST_MIGRATION")
                    (file-name-as-directory (getenv "SCHEMABOT_TEST_WORKSPACE"))))

(defun suite-wait (what probe)
  "Return the first non-nil answer of PROBE, an error naming WHAT when none comes."
  (let ((end (+ (float-time) suite-deadline)) answer)
    (while (not (setq answer (funcall probe)))
      (when (> (float-time) end)
        (error "Waited for %s; the diagnostics are %S" what
               (mapcar #'flymake-diagnostic-text (flymake-diagnostics))))
      (accept-process-output nil 0.02))
    answer))

(defun suite-finding (code)
  "Return the diagnostic with CODE, which eglot shows in brackets."
  (cl-find-if (lambda (found) (string-match-p (regexp-quote code) (flymake-diagnostic-text found)))
              (flymake-diagnostics)))

(defun suite-send-edits ()
  "Send what was changed now: a batch Emacs is never idle."
  (eglot--signal-textDocument/didChange))

(defun suite-open ()
  "Open the migration and connect."
  (find-file suite-migration)
  (sql-mode)
  (add-to-list 'eglot-server-programs
               `((sql-mode :language-id "sql") . (,suite-server "lsp")))
  (let ((eglot-sync-connect t))
    (apply #'eglot (eglot--guess-contact)))
  (suite-wait "the server" #'eglot-current-server))

(defun suite-rls-disabled ()
  "The finding is at the name of the table."
  (let ((found (suite-wait "rls-disabled" (lambda () (suite-finding "rls-disabled")))))
    (cl-assert (member (buffer-substring-no-properties (flymake-diagnostic-beg found)
                                                       (flymake-diagnostic-end found))
                       '("t" "public.t")))
    (goto-char (flymake-diagnostic-beg found))))

(defun suite-quick-fix ()
  "Apply the quick fix that enables row level security."
  (let* ((actions (eglot-code-actions (point) (1+ (point)) "quickfix"))
         (fix (cl-find-if (lambda (action)
                            (string-match-p "row level security" (downcase (plist-get action :title))))
                          (append actions nil))))
    (cl-assert fix nil "No such fix among %S" actions)
    (if (plist-get fix :edit)
        (eglot--apply-workspace-edit (plist-get fix :edit))
      (eglot-execute-command (eglot-current-server) (intern (plist-get (plist-get fix :command) :command))
                             (plist-get (plist-get fix :command) :arguments)))
    (suite-send-edits)
    (goto-char (point-min))
    (let ((case-fold-search t))
      (cl-assert (re-search-forward "^alter table public\\.t enable row level security;$" nil t)))
    (suite-wait "rls-disabled to go" (lambda () (not (suite-finding "rls-disabled"))))))

(defun suite-multibyte ()
  "An error after characters of two UTF-16 units is where it was typed."
  (goto-char (point-max))
  (insert "/* 🌱🌱 */ ")
  (let ((typed (point)))
    (insert "selec 1;\n")
    (suite-send-edits)
    (suite-wait "the error at what was typed"
                (lambda () (cl-find typed (flymake-diagnostics) :key #'flymake-diagnostic-beg)))
    (goto-char (+ typed (length "selec")))
    (insert "t")
    (suite-send-edits)
    (suite-wait "the error to go"
                (lambda () (not (cl-find-if (lambda (found) (>= (flymake-diagnostic-beg found) typed))
                                            (flymake-diagnostics)))))))

(defun suite-shutdown ()
  "The server ends when it is told to."
  (set-buffer-modified-p nil)
  (let ((server (eglot-current-server)))
    (eglot-shutdown server)
    (cl-assert (not (jsonrpc-running-p server)))))

(dolist (step '(suite-open suite-rls-disabled suite-quick-fix suite-multibyte suite-shutdown))
  (condition-case problem
      (funcall step)
    (error (princ (format "failed: %s: %s\n" step (error-message-string problem)))
           (kill-emacs 1)))
  (princ (format "passed: %s\n" step)))

;;; suite.el ends here
