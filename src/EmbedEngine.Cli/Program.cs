// The command line: parse, call the public managed API, print. Must hold no engine logic: what it can do, a
// library user can do. Exit codes: 0 success, 1 failure (one line on standard error), 2 wrong usage,
// 3 a version that the gate before publish refused.

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

    /// <summary>A version was made and kept unpublished, since the gate found it worse.</summary>
    public const int KeptUnpublished = 3;

    private static bool s_json;

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
            SearchCommand.Create(),
            BoughtTogetherCommand.Create(),
            PopularCommand.Create(),
            ProfileCommand.Create(),
            TraitsCommand.Create(),
            CustomersCommand.Create(),
            RefreshCommand.Create(),
            InspectCommand.Create(),
            ExploreCommand.Create(),
            ReportCommand.Create(),
            VersionsCommand.Create(),
            PublishCommand.Create(),
            RollbackCommand.Create(),
            AttributesCommand.Create(),
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
            ServeCommand.Create(),
            MetricsCommand.Create(),
            DriftCommand.Create(),
            HealthCommand.Create(),
            DemoCommand.Create(),
            BenchCommand.Create(),
            CompletionCommand.Create(),
            AbCommand.Create(),
            SharedOptions.Wait,
        };
        ParseResult parsed = root.Parse(args);
        s_json = args.Contains("--json");
        if (parsed.Errors.Count == 0) return parsed.Invoke();
        Fail(ErrorCode.InvalidArgument, $"{Usage.Explain(parsed)} (see embedengine --help)");
        return WrongUsage;
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
            Fail(e.Code, e.Message);
            return e.Code == ErrorCode.InvalidArgument ? WrongUsage : Failure;
        }
        catch (ArgumentException e)
        {
            Fail(ErrorCode.InvalidArgument, ErrorText.MessageOf(e));
            return WrongUsage;
        }
        catch (OperationCanceledException)
        {
            Fail(ErrorCode.Cancelled, "cancelled");
            return Failure;
        }
        catch (Exception e) when (
            e is IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            Fail(ErrorCode.Io, e.Message);
            return Failure;
        }
        catch (Exception e)
        {
            Fail(ErrorCode.Internal, $"{e.Message} ({e.GetType().Name}: please report this)");
            return Failure;
        }
        finally
        {
            Console.CancelKeyPress -= onCancel;
        }
    }

    /// <summary>One line for people, or with <c>--json</c> one object, on standard error.</summary>
    private static void Fail(ErrorCode code, string message)
    {
        ConsoleProgress.ClearLine();
        message = message.ReplaceLineEndings(" ");
        Console.Error.WriteLine(!s_json ? $"embedengine: {message}" : JsonOutput.Line(json =>
        {
            json.WriteString("error", message);
            json.WriteString("code", ErrorText.NameOf(code));
        }));
    }
}
