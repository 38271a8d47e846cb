using System.CommandLine;

namespace EmbedEngine.Cli.Commands;

/// <summary>
/// Arguments and options that several commands share, so that they are spelled and described once.
/// </summary>
internal static class SharedOptions
{
    public static Argument<string> Store() => new("STORE") { Description = "Directory of the store." };

    /// <summary>On every command: how long a writer waits for another.</summary>
    public static Option<double> Wait { get; } = new("--wait")
    {
        Description = "Seconds to wait while another process writes to the store (default 0).",
        Recursive = true, DefaultValueFactory = _ => 0,
    };

    /// <summary>Opens the store a command names.</summary>
    public static Engine Open(ParseResult parsed, Argument<string> store)
    {
        double seconds = parsed.GetValue(Wait);
        if (!(seconds is >= 0 and <= 86_400))
            throw new ArgumentException($"--wait {seconds} is not 0 to 86400 seconds");
        return Engine.Open(
            parsed.GetRequiredValue(store), new EngineOptions { LockWait = TimeSpan.FromSeconds(seconds) });
    }

    public static Option<bool> Json() =>
        new("--json") { Description = "Print one JSON object and nothing else." };

    public static Option<int> K(int value) => new("--k")
    {
        Description = $"Length of the list (default {value}).", DefaultValueFactory = _ => value,
    };

    public static Option<int> Threads() => new("--threads")
    {
        Description = "Threads; 0 = all (default).", DefaultValueFactory = _ => 0,
    };

    public static Option<ulong> Seed() => new("--seed")
    {
        Description = "Seed of everything random (default 42).", DefaultValueFactory = _ => 42UL,
    };

    /// <summary>How a user's vector is made.</summary>
    public static Option<string> UserVector() => new("--vector")
    {
        Description = $"How vectors of users are made: {UserVectorList} (default served).",
        DefaultValueFactory = _ => "served",
    };

    private static string UserVectorList =>
        string.Join(", ", Enum.GetValues<UserVectorKind>().Select(JsonReports.NameOf));

    /// <summary>A kind of user vector by its name; an unknown one is wrong usage.</summary>
    public static UserVectorKind UserVectorKind(string name)
    {
        foreach (UserVectorKind kind in Enum.GetValues<UserVectorKind>())
        {
            if (JsonReports.NameOf(kind) == name) return kind;
        }
        throw new ArgumentException(
            $"--vector '{name}' is not one of {UserVectorList}");
    }

    /// <summary>The name of every source, for help.</summary>
    public static string SourceList => string.Join(", ", SourceNames.All.Select(SourceNames.NameOf));

    /// <summary>A source by its name; an unknown one is wrong usage.</summary>
    public static CandidateSourceKind Source(string name)
    {
        try
        {
            return SourceNames.Parse(name);
        }
        catch (EmbedEngineException e)
        {
            throw new ArgumentException(e.Message, e);
        }
    }
}
