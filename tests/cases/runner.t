The runner itself: what it compares and what it says of a difference.

  $ echo one; echo two >&2
  one
  two

A blank line between lines of output is output.

  $ printf 'a\n\nb\n'
  a

  b

Folder, variables and functions live on from command to command.

  $ mkdir folder && cd folder && word=kept
  $ basename "$PWD"; echo "$word"
  folder
  kept

Commands may go on; quotes and here-documents work.

  $ cat <<'END'
  > it's "here"
  >   indented
  > END
  it's "here"
    indented

Exit status.

  $ false
  [1]
  $ echo before; (exit 42)
  before
  [42]

Patterns.

  $ echo 'took 12.3 ms at *'
  took *.? ms at \* (glob)
  $ echo 'took 12.3 ms'
  took [0-9]+\.\d ms (re)
  $ printf 'no end of line'
  no end of line (no-eol)

The environment is the same everywhere.

  $ echo "$TZ $LC_ALL $NO_COLOR"; test -x "$CASE_RUNNER" && test "$HOME" != /root; ls -A ~
  UTC C.UTF-8 1
  folder

A command with a syntax error spoils no other.

  $ echo 'unclosed
  *eval*unexpected EOF* (glob)
  [?] (glob)
  $ echo still here
  still here

A difference is shown, and counts.

  $ cat > wrong.t <<'END'
  > comment
  >   $ printf 'same\nnew\n'
  >   same
  >   old
  >   $ false
  >   $ echo '[1]'
  >   [1]
  > END
  $ "$CASE_RUNNER" wrong.t
  wrong.t:2: $ printf 'same\nnew\n'
  --- expected
  +++ found
   same
  -old
  +new

  wrong.t:5: $ false
  --- expected
  +++ found
  +[1]

  1 of 3 commands as written
  [1]
  $ "$CASE_RUNNER" --update wrong.t
  1 of 3 commands as written; the file is updated
  $ "$CASE_RUNNER" wrong.t
  3 of 3 commands as written

A shell that ends early, a command that never ends, and a file without commands.

  $ printf '  $ exit 3\n  $ echo not reached\n  not reached\n' > early.t
  $ "$CASE_RUNNER" early.t
  early.t:1: $ exit 3
  --- expected
  +++ found
  +case_runner: the shell ended in this command

  early.t:2: $ echo not reached
  --- expected
  +++ found
  -not reached

  0 of 2 commands as written
  [1]
  $ printf '  $ sleep 100\n' > long.t
  $ "$CASE_RUNNER" --timeout 1 long.t | head -1
  case_runner: not done after 1 seconds
  $ echo 'only a comment' > none.t; "$CASE_RUNNER" none.t
  case_runner: no command in none.t
  [2]
  $ echo '  orphan' > orphan.t; "$CASE_RUNNER" orphan.t
  case_runner: line 1: output without a command above it
  [2]
