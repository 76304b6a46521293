# Completion of milestone for PowerShell. In $PROFILE:
# milestone completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName milestone -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
    # Older versions leave an empty word out: two quotes stand for it.
    if ($wordToComplete -eq '') { $words += "''" }
    & milestone __complete powershell -- @words 2>$null | ForEach-Object {
        $value, $about = $_ -split "`t", 2
        if (-not $about) { $about = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $about)
    }
}
