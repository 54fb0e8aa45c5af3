/**
 * What a shell reads to complete `keelson`, by the name of the shell. Each script asks `keelson complete`, whose first
 * line says what may come: `values`, which follow as `value<tab>description`, `files` or `folders`. The command that
 * is asked is the one that is typed when that is a path, so that it may be the one of a project.
 */
export const SHELL_SCRIPTS = {
  bash: `# keelson completion bash, for ~/.bashrc: source <(keelson completion bash)
_keelson() {
  local program=keelson kind= joins= word line
  local -a words=()
  [[ \${1-} == */keelson ]] && program=$1
  # Bash breaks words at = and : too; here they are whole again.
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    local break=
    [[ -n $word && -z \${word//[=:]/} ]] && break=yes
    if [[ \${#words[@]} -gt 0 && -n $joins$break ]]; then
      words[\${#words[@]} - 1]+=$word
    else
      words+=("$word")
    fi
    joins=$break
  done
  # Bash replaces its own last word only, so that what comes before it has to go.
  local last=\${words[\${#words[@]} - 1]} own=\${COMP_WORDS[COMP_CWORD]}
  [[ -z \${own//[=:]/} ]] && own=
  local before=\${last%"$own"}
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ -z $kind ]]; then
      kind=$line
    else
      line=\${line%%$'\\t'*}
      COMPREPLY+=("\${line#"$before"}")
    fi
  done < <("$program" complete -- "\${words[@]}" 2>/dev/null)
  case $kind in
    values) compopt +o default 2>/dev/null ;;
    folders) compopt +o default -o dirnames 2>/dev/null ;;
  esac
  return 0
}
complete -o default -F _keelson keelson
`,
  zsh: `#compdef keelson
# keelson completion zsh, for ~/.zshrc, after compinit: source <(keelson completion zsh)
_keelson() {
  local program=keelson kind line value
  local -a lines candidates
  [[ $words[1] == */keelson ]] && program=\${(Q)words[1]}
  lines=("\${(@f)$("$program" complete -- "\${(@Q)words[2,CURRENT - 1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  kind=$lines[1]
  case $kind in
    values)
      for line in "\${(@)lines[2,-1]}"; do
        value=\${line%%$'\\t'*}
        candidates+=("\${value//:/\\\\:}\${line#"$value"}")
      done
      candidates=("\${(@)candidates/$'\\t'/:}")
      _describe keelson candidates
      ;;
    files | folders)
      [[ $PREFIX == --*=* ]] && compset -P '*='
      if [[ $kind == folders ]]; then _files -/; else _files; fi
      ;;
  esac
}
if [[ $funcstack[1] == _keelson ]]; then
  _keelson "$@"
else
  compdef _keelson keelson
fi
`,
  fish: `# keelson completion fish, for ~/.config/fish/config.fish: keelson completion fish | source
function __keelson_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program keelson
    if string match -q '*/keelson' -- $words[1]; and command -q $words[1]
        set program $words[1]
    end
    set -e words[1]
    set -l lines ($program complete -- $words "$current" 2>/dev/null)
    set -l kind "$lines[1]"
    set -e lines[1]
    set -l option (string match -r -- '^--[^=]*=' "$current")
    set -l value (string replace -r -- '^--[^=]*=' '' "$current")
    switch "$kind"
        case values
            string join \\n -- $lines
        case files
            string join \\n -- "$option"(__fish_complete_path "$value")
        case folders
            string join \\n -- "$option"(__fish_complete_directories "$value" '')
    end
end
complete -c keelson -f -k -a '(__keelson_complete)'
`
} as const

/** One that is completed for. */
export type Shell = keyof typeof SHELL_SCRIPTS
