#compdef tokenflex-etl
# zsh completion for tokenflex-etl: the program says what the last word of the line may become.

local ret=1
local -a lines
lines=(${(f)"$(${~words[1]} complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)"})
compset -P '--*='
(( ${lines[(I):files]} )) && _files && ret=0
(( ${lines[(I):directories]} )) && _files -/ && ret=0
lines=(${${${lines:#:*}#--*=}//:/\\:})
lines=(${lines/$'\t'/:})
(( $#lines )) && _describe -t words word lines && ret=0
return ret
