# fish completion for tokenflex-etl: the program says what the last word of the line may become.

function __tokenflex_etl
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    for line in ($program complete -- $words "$typed" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path "$typed"
            case :directories
                __fish_complete_directories "$typed" ''
            case '*'
                echo $line
        end
    end
end

complete -c tokenflex-etl -f -a '(__tokenflex_etl)'
