# Completion of milestone for Nushell. In config.nu: source milestone-completion.nu
# (milestone completion nushell | save milestone-completion.nu)
def "nu-complete milestone" [context: string] {
    ^milestone __complete nushell -- ...($context | split row ' ')
    | lines
    | each {|line|
        let parts = ($line | split row "\t")
        {value: ($parts | first), description: ($parts | skip 1 | str join ' ')}
    }
}
export extern milestone [...words: string@"nu-complete milestone"]
