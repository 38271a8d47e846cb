// A ranker learns from what people did next, and nobody ever did anything with an item without a history:
// it would learn that such items are never right. So in the build it learns over some items are made to be
// without one, as inputs are dropped in training that may be missing later (Volkovs, Yu and Poutanen 2017,
// "DropoutNet: addressing cold start in recommender systems", section 4.1), and as many are left a few
// events, as an item has that came lately. Differs from the paper: an item is held out of a whole build, from
// every table at once, not from single examples; the published build holds nothing out.
// Of items that truly have no history nobody can know whether they would have been right. In that build each
// counts against those held out, so only some of them have a row, one for one: an item without a history is
// taken for half as likely as one held out, since some of a catalogue are there for nobody. On a generated
// shop of 3,000 items, a tenth of them hidden from the log and a tenth but for 1 to 5 events, preset fast:
// taken for as likely (no such row), recall at 20 was .396 on requests for hidden items and .813 on those for
// well-known ones; with their odds halved .226 and .818, with a third of them .114 and .820; before there was
// the space fusion 0 and .821.

using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;

namespace EmbedEngine.Pipelines.Train;

/// <summary>Items that a build is to know little of or nothing.</summary>
/// <param name="Corpus">The sessions, without the events it is not to know; what stands in their place is an
/// item held out.</param>
/// <param name="ByOrdinal">Whether an item is known by the catalogue alone.</param>
/// <param name="Listed">Ordinals, ascending, that have a row also without an event.</param>
internal sealed record HeldOutItems(SessionCorpus Corpus, bool[] ByOrdinal, long[] Listed)
{
    /// <summary>Share of the catalogue's items held out, at most.</summary>
    private const double Most = 0.1;

    /// <summary>Rows of items that truly have no history for each one held out.</summary>
    private const int ColdForEach = 1;

    /// <summary>Events left to one that is not held out as a whole, at most.</summary>
    private const int MostLeft = 5;

    /// <summary>
    /// Chooses them; null where every item of the catalogue has a history, so that there is nothing to learn
    /// for.
    /// </summary>
    /// <param name="corpus">All sessions.</param>
    /// <param name="sessions">Those of the build.</param>
    /// <param name="catalogue">Ordinals of the catalogue's items, ascending.</param>
    /// <param name="seed">Of the run.</param>
    public static HeldOutItems? Choose(SessionCorpus corpus, int[] sessions, long[] catalogue, ulong seed)
    {
        if (catalogue.Length == 0) return null;
        int nobody = (int)catalogue[^1] + 1; // held out, and no item
        foreach (int item in corpus.Items) nobody = Math.Max(nobody, item + 1);
        var seen = new bool[nobody + 1];
        foreach (int item in corpus.Items) seen[item] = true;
        int cold = catalogue.Count(o => !seen[o]);
        if (cold == 0) return null;
        double share = Math.Min(Most, (double)cold / catalogue.Length);
        var whole = new bool[nobody + 1];
        var left = new int[nobody + 1]; // 0 = all
        int held = 0;
        foreach (long ordinal in catalogue)
        {
            CounterStream random = new CounterRandom(seed, 0xC01D, (ulong)ordinal).Stream();
            float draw = random.NextFloat();
            if (!seen[ordinal] || draw >= share) continue;
            whole[ordinal] = draw < share / 2;
            if (whole[ordinal]) held++;
            else left[ordinal] = 1 + random.NextInt(MostLeft);
        }
        whole[nobody] = true;
        return new HeldOutItems(
            Without(corpus, sessions, left, nobody, seed), whole,
            List(catalogue, seen, cold, ColdForEach * held, seed));
    }

    /// <summary>The catalogue's items that were seen, and so many of the others.</summary>
    private static long[] List(long[] catalogue, bool[] seen, int cold, int most, ulong seed)
    {
        double share = Math.Min(1, (double)most / cold);
        return Array.FindAll(
            catalogue,
            o => seen[o] || new CounterRandom(seed, 0xC01E, (ulong)o).Stream().NextFloat() < share);
    }

    /// <summary>Leaves some items a few events of these sessions each, drawn evenly.</summary>
    private static SessionCorpus Without(
        SessionCorpus corpus, int[] sessions, int[] left, int nobody, ulong seed)
    {
        var events = new Dictionary<int, List<long>>();
        foreach (int s in sessions)
        {
            for (long e = corpus.Offsets[s]; e < corpus.Offsets[s + 1]; e++)
            {
                int item = corpus.Items[e];
                if (left[item] == 0) continue;
                if (!events.TryGetValue(item, out List<long>? list)) events[item] = list = [];
                list.Add(e);
            }
        }
        int[] items = [.. corpus.Items];
        foreach ((int item, List<long> list) in events)
        {
            CounterStream random = new CounterRandom(seed, 0xC01F, (ulong)item).Stream();
            for (int kept = 0; kept < list.Count; kept++)
            {
                if (kept < left[item])
                {
                    int other = kept + random.NextInt(list.Count - kept);
                    (list[kept], list[other]) = (list[other], list[kept]);
                    continue;
                }
                items[list[kept]] = nobody;
            }
        }
        return corpus.WithItems(items);
    }
}
