# The verbs of build.sh where PowerShell is the shell. Builds and tests the managed library and the command
# line; the native library, the C and the Python tests are built by build.sh (Linux). Not tested on Windows or
# macOS.
param([string]$Verb = 'build', [string]$Scope = '')
$ErrorActionPreference = 'Stop'
Set-Location $PSScriptRoot
function Build {
    $rid = if ($IsWindows) { 'win-x64' } elseif ($IsMacOS) { 'osx-arm64' } else { 'linux-x64' }
    dotnet build src/EmbedEngine -c Release -v quiet --nologo
    dotnet publish src/EmbedEngine.Native -c Release -r $rid -v quiet --nologo -o out/lib
    dotnet publish src/EmbedEngine.Cli -c Release -r $rid -v quiet --nologo -o out/bin
    New-Item -ItemType Directory -Force out/include | Out-Null
    Copy-Item include/embed_engine.h out/include/
}
switch ($Verb) {
    'build' { Build }
    'demo' { Build; & (Get-ChildItem out/bin/EmbedEngine.Cli*)[0] demo out/demo }
    'test' { dotnet test tests/EmbedEngine.Tests -c Release --nologo }
    'bench' {
        $program = (Get-ChildItem out/bin/EmbedEngine.Cli*)[0]
        if ($Scope -eq 'kernels') {
            dotnet run --project bench/EmbedEngine.Benchmarks -c Release -- --filter '*'
        }
        elseif ($Scope -eq 'quality') { python3 bench/readme_tables.py --program $program }
        else { python3 bench/peers/run.py --program $program $(if ($Scope) { '--only', $Scope }) }
    }
    'clean' { Remove-Item -Recurse -Force out -ErrorAction SilentlyContinue }
    default { Write-Error "unknown verb '$Verb'; verbs are build, demo, test, bench, clean"; exit 2 }
}
