#compdef milestone
# Completion of milestone for zsh. In a directory of $fpath as _milestone, or in ~/.zshrc behind
# compinit: source <(milestone completion zsh)
_milestone() {
    local line tab=$'\t'
    local -a values shown suffix
    for line in "${(@f)$(milestone __complete zsh -- "${(@)words[1,CURRENT]}" 2>/dev/null)}"; do
        [[ -n $line ]] || continue
        values+=("${line%%$tab*}")
        if [[ $line == *$tab* ]]; then
            shown+=("${line%%$tab*}  -- ${line#*$tab}")
        else
            shown+=("$line")
        fi
    done
    (( ${#values} )) || return 1
    # What goes on in the same word gets no space behind it.
    (( ${#values} == 1 )) && [[ ${values[1]} == *[/=,] ]] && suffix=(-S '')
    compadd "${suffix[@]}" -l -d shown -a values
}
if [[ ${funcstack[1]} == _milestone ]]; then
    _milestone "$@"
else
    compdef _milestone milestone
fi
