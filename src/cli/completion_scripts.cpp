// One program answers all shells; what is here only asks it and hands the answer on.
#include "cli/completion.hpp"

namespace rebolt::cli {
namespace {

constexpr std::string_view bash = R"script(# bash completion of rebolt
_rebolt() {
  local word text files=
  COMPREPLY=()
  while IFS=$'\t' read -r word text; do
    if [[ $word == :files ]]; then
      files=1
    else
      COMPREPLY+=("$(printf %q "$word")")
    fi
  done < <("${COMP_WORDS[0]}" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  [[ -n $files ]] || return
  compopt -o filenames 2>/dev/null
  while IFS= read -r word; do
    COMPREPLY+=("$word")
  done < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")
}
complete -F _rebolt rebolt
)script";

constexpr std::string_view zsh = R"script(#compdef rebolt
# zsh completion of rebolt
_rebolt() {
  local line word files=
  local -a described
  for line in "${(@f)$("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    word=${line%%$'\t'*}
    if [[ $word == :files ]]; then
      files=1
    elif [[ -n $word ]]; then
      described+=("${word//:/\\:}:${line#*$'\t'}")
    fi
  done
  (( ${#described} )) && _describe -t values rebolt described
  [[ -n $files ]] && _files
}
if [[ $funcstack[1] == _rebolt ]]; then
  _rebolt "$@"
else
  compdef _rebolt rebolt
fi
)script";

constexpr std::string_view fish = R"script(# fish completion of rebolt
function __rebolt_complete
  set -l words (commandline -opc)
  set -l typed (commandline -ct)
  for line in ($words[1] complete -- $words[2..-1] "$typed" 2>/dev/null)
    if string match -q -- ':files*' $line
      __fish_complete_path "$typed"
    else
      echo $line
    end
  end
end
complete -c rebolt -f -a '(__rebolt_complete)'
)script";

} // namespace

std::string_view completion_script(std::string_view shell) noexcept {
    if (shell == "bash")
        return bash;
    if (shell == "zsh")
        return zsh;
    return shell == "fish" ? fish : std::string_view{};
}

} // namespace rebolt::cli
