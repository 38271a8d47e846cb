using EmbedEngine.Storage;
using EmbedEngine.Tests.Storage;

namespace EmbedEngine.Tests.Crash;

/// <summary>What must be in a store: the parent's record of everything that was acknowledged.</summary>
internal sealed class ExpectedState
{
    public SortedSet<string> Events { get; private set; } = new(StringComparer.Ordinal);

    public SortedSet<long> Versions { get; private set; } = [];

    public SortedDictionary<string, long> Aliases { get; private set; } = new(StringComparer.Ordinal);

    /// <summary>What is there.</summary>
    public static ExpectedState Of(Engine engine)
    {
        List<string> events = LoggedEvents.Of(FileSystem.Real, engine.Path);
        var state = new ExpectedState
        {
            Events = new SortedSet<string>(events, StringComparer.Ordinal),
            Versions = [.. engine.Versions().Select(v => v.Number)],
            Aliases =
            new SortedDictionary<string, long>(engine.Aliases().ToDictionary(), StringComparer.Ordinal),
        };
        Assert.Equal(events.Count, state.Events.Count); // every event once
        return state;
    }

    /// <summary>
    /// Takes over an operation; the result is what the child said, or what is found where it was killed.
    /// </summary>
    public void Apply(string operation, string? result, ExpectedState found)
    {
        if (result == "refused") return;
        string[] words = operation.Split(' ');
        switch (words[0])
        {
            case "import": Events.UnionWith(RandomWriter.EventsOf(long.Parse(words[1]))); break;
            case "observe": Events.Add(RandomWriter.ObservedEvent(long.Parse(words[1]))); break;
            case "train":
                long number = result is null ? found.Versions.Max : long.Parse(result);
                Versions.Add(number);
                if (words[1] == "publish") Aliases["active"] = number;
                break;
            case "rollback": Aliases["active"] =
                result is null ? found.Aliases["active"] : long.Parse(result); break;
            case "alias": Aliases[words[1]] = long.Parse(words[2]); break;
            case "collect":
                IEnumerable<long> gone = result is null
                    ? Versions.Except(found.Versions).Except(Aliases.Values)
                        : result.Split(' ').Select(long.Parse);
                foreach (long version in gone.ToArray()) Versions.Remove(version);
                break;
        }
    }

    public string Describe() => $"versions {string.Join(' ', Versions)}; {string.Join(' ', Aliases)}; "
        + $"{Events.Count} events: {string.Concat(Events.TakeLast(40)).Replace('\n', ',')}";

    public bool SameAs(ExpectedState other) =>
        Events.SetEquals(other.Events) && Versions.SetEquals(other.Versions)
        && Aliases.SequenceEqual(other.Aliases);
}
