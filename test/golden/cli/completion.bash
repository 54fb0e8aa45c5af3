# keelson completion bash, for ~/.bashrc: source <(keelson completion bash)
_keelson() {
  local program=keelson kind= joins= word line
  local -a words=()
  [[ ${1-} == */keelson ]] && program=$1
  # Bash breaks words at = and : too; here they are whole again.
  for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
    local break=
    [[ -n $word && -z ${word//[=:]/} ]] && break=yes
    if [[ ${#words[@]} -gt 0 && -n $joins$break ]]; then
      words[${#words[@]} - 1]+=$word
    else
      words+=("$word")
    fi
    joins=$break
  done
  # Bash replaces its own last word only, so that what comes before it has to go.
  local last=${words[${#words[@]} - 1]} own=${COMP_WORDS[COMP_CWORD]}
  [[ -z ${own//[=:]/} ]] && own=
  local before=${last%"$own"}
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ -z $kind ]]; then
      kind=$line
    else
      line=${line%%$'\t'*}
      COMPREPLY+=("${line#"$before"}")
    fi
  done < <("$program" complete -- "${words[@]}" 2>/dev/null)
  case $kind in
    values) compopt +o default 2>/dev/null ;;
    folders) compopt +o default -o dirnames 2>/dev/null ;;
  esac
  return 0
}
complete -o default -F _keelson keelson
