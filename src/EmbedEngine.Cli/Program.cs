// The command line: parse, call the public managed API, print. Must hold no engine logic: what it can do, a
// library user can do. Exit codes: 0 success, 1 failure (one line on standard error), 2 wrong usage.

using System.CommandLine;
using EmbedEngine.Cli.Commands;
using EmbedEngine.Cli.Commands.Bench;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli;

/// <summary>Entry point.</summary>
internal static class Program
{
    public const int Failure = 1;
    public const int WrongUsage = 2;

    public static int Main(string[] args)
    {
        var root = new RootCommand(
            "EmbedEngine: recommendations from event logs, in one process, from one directory.")
        {
            GenerateCommand.Create(),
            ImportCommand.Create(),
            TrainCommand.Create(),
            SettingsCommand.Create(),
            EvaluateCommand.Create(),
            RecommendCommand.Create(),
            SimilarCommand.Create(),
            BoughtTogetherCommand.Create(),
            PopularCommand.Create(),
            InspectCommand.Create(),
            VersionsCommand.Create(),
            PublishCommand.Create(),
            RollbackCommand.Create(),
            ObserveCommand.Create(),
            CompactCommand.Create(),
            ForgetCommand.Create(),
            AliasCommand.Create(),
            DiffCommand.Create(),
            CollectCommand.Create(),
            VerifyCommand.Create(),
            UpgradeCommand.Create(),
            BackupCommand.Create(),
            BundleCommand.Create(),
            ExportCommand.Create(),
            ImportVectorsCommand.Create(),
            InfoCommand.Create(),
            DemoCommand.Create(),
            BenchCommand.Create(),
        };
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            Console.Error.WriteLine($"embedengine: {parsed.Errors[0].Message} (see embedengine --help)");
            return WrongUsage;
        }
        return parsed.Invoke();
    }

    /// <summary>Runs a command's body and turns failures into one line and an exit code.</summary>
    public static int Run(Action<CancellationToken> body)
    {
        using var cancel = new CancellationTokenSource();
        ConsoleCancelEventHandler onCancel = (_, e) =>
        {
            // The first Ctrl-C asks the engine to stop and leave the store as it was; a second one kills.
            e.Cancel = !cancel.IsCancellationRequested;
            cancel.Cancel();
        };
        Console.CancelKeyPress += onCancel;
        try
        {
            body(cancel.Token);
            return 0;
        }
        catch (EmbedEngineException e)
        {
            ConsoleProgress.ClearLine();
            Console.Error.WriteLine($"embedengine: {OneLine(e.Message)}");
            return e.Code == ErrorCode.InvalidArgument ? WrongUsage : Failure;
        }
        catch (ArgumentException e)
        {
            ConsoleProgress.ClearLine();
            Console.Error.WriteLine($"embedengine: {OneLine(e.Message)}");
            return WrongUsage;
        }
        catch (OperationCanceledException)
        {
            ConsoleProgress.ClearLine();
            Console.Error.WriteLine("embedengine: cancelled");
            return Failure;
        }
        catch (Exception e) when (
            e is IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            ConsoleProgress.ClearLine();
            Console.Error.WriteLine($"embedengine: {OneLine(e.Message)}");
            return Failure;
        }
        catch (Exception e)
        {
            ConsoleProgress.ClearLine();
            Console.Error.WriteLine(
                $"embedengine: {OneLine(e.Message)} ({e.GetType().Name}: please report this)");
            return Failure;
        }
        finally
        {
            Console.CancelKeyPress -= onCancel;
        }
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ");
}
