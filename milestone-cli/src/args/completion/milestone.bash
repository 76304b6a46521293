# Completion of milestone for bash. In ~/.bashrc: source <(milestone completion bash)
_milestone() {
    local candidate
    COMPREPLY=()
    while IFS= read -r candidate; do
        COMPREPLY+=("$candidate")
    done < <(milestone __complete bash -- "${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[/=,] ]] && compopt -o nospace
    return 0
}
complete -o nosort -F _milestone milestone 2>/dev/null || complete -F _milestone milestone
