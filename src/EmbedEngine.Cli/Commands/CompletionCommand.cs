using System.CommandLine;

namespace EmbedEngine.Cli.Commands;

/// <summary>
/// <c>embedengine completion SHELL</c>: a script for the shell, which asks the program itself (the
/// <c>[suggest]</c> directive of the parser) and so never goes stale.
/// </summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _embedengine() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(embedengine "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" \
                -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _embedengine embedengine
        """;

    private const string Zsh = """
        #compdef embedengine
        _embedengine() {
            local -a found
            found=("${(@f)$(embedengine "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            compadd -- $found || _files
        }
        compdef _embedengine embedengine
        """;

    private const string Fish = """
        function __embedengine
            embedengine "[suggest:"(commandline -C)"]" (commandline -cp) 2>/dev/null
        end
        complete -c embedengine -a '(__embedengine)'
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command(
            "completion", "Print a completion script: source <(embedengine completion bash).") { shell };
        command.SetAction(parsed => Program.Run(_ => Console.WriteLine(parsed.GetRequiredValue(shell) switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            _ => Fish,
        })));
        return command;
    }
}
