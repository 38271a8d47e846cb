// What a training keeps of its own neighbours: the build before the cut, which it measures, against that of
// everything, which it publishes. Both are there anyway, began from other numbers, and differ by the last
// sessions: as much as two trainings in a row differ where nothing has changed. It is what drift is held
// against.

using EmbedEngine.Recommendation;

namespace EmbedEngine.Pipelines.Watch;

/// <summary>Samples of every space of the build before the cut.</summary>
internal sealed class SpaceStability
{
    private readonly long[] _items;
    private readonly Dictionary<string, SpaceSample> _before = [];

    private SpaceStability(long[] items) => _items = items;

    /// <summary>Takes the samples; the build may go afterwards.</summary>
    public static SpaceStability Before(VersionData data)
    {
        // What is in this build is in that of everything.
        var stability = new SpaceStability(SpaceSample.CommonItems(data, data));
        if (stability._items.Length == 0) return stability;
        foreach (string name in SpaceSample.NamesOf(data))
            stability._before[name] = SpaceSample.Take(data, name, stability._items);
        return stability;
    }

    /// <summary>Share of the neighbours kept, by space.</summary>
    public Dictionary<string, double> After(VersionData data)
    {
        var kept = new Dictionary<string, double>();
        string[] there = SpaceSample.NamesOf(data);
        foreach ((string name, SpaceSample sample) in _before)
        {
            if (!there.Contains(name)) continue;
            SpaceLikeness? found = SpaceSample.Compare(sample, SpaceSample.Take(data, name, _items));
            if (found is not null) kept[name] = found.Kept;
        }
        return kept;
    }
}
