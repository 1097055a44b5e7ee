# bash completion for tokenflex-etl: the program says what the last word of the line may become.

_tokenflex_etl()
{
    local cur=${COMP_WORDS[COMP_CWORD]#=} word
    COMPREPLY=()
    while IFS=$'\t' read -r word _; do
        case $word in
        :files | :directories)
            compopt -o filenames 2>/dev/null
            [[ $word == :files ]] && word=-f || word=-d
            mapfile -t COMPREPLY < <(compgen "$word" -- "$cur")
            ;;
        *) printf -v word %q "$word" && COMPREPLY+=("$word") ;;
        esac
    done < <("${COMP_WORDS[0]/#\~/$HOME}" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}

complete -F _tokenflex_etl tokenflex-etl
