# Completion of milestone for fish. In ~/.config/fish/config.fish: milestone completion fish | source
complete --command milestone --no-files --keep-order --arguments \
    '(milestone __complete fish -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token --cut-at-cursor) 2>/dev/null)'
