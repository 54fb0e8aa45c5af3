#compdef keelson
# keelson completion zsh, for ~/.zshrc, after compinit: source <(keelson completion zsh)
_keelson() {
  local program=keelson kind line value
  local -a lines candidates
  [[ $words[1] == */keelson ]] && program=${(Q)words[1]}
  lines=("${(@f)$("$program" complete -- "${(@Q)words[2,CURRENT - 1]}" "${(Q)PREFIX}" 2>/dev/null)}")
  kind=$lines[1]
  case $kind in
    values)
      for line in "${(@)lines[2,-1]}"; do
        value=${line%%$'\t'*}
        candidates+=("${value//:/\\:}${line#"$value"}")
      done
      candidates=("${(@)candidates/$'\t'/:}")
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
