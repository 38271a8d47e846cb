using System.CommandLine;

namespace EmbedEngine.Cli.Commands;

/// <summary>
/// Arguments and options that several commands share, so that they are spelled and described once.
/// </summary>
internal static class SharedOptions
{
    public static Argument<string> Store() => new("STORE") { Description = "Directory of the store." };

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
