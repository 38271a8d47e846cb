// Exploration by Thompson sampling: Chapelle and Li, "An empirical evaluation of Thompson sampling" (2011),
// algorithm 2. A share of an answer's places goes to items that little is known of. Those that have a reason
// to be there (near by what the catalogue says of them, seen with the session's items) are drawn for; where
// these are too few for the places, others of the session's categories, then any. Of each the rate at which
// it is taken up is drawn from its posterior Beta(α + taken, β + trials − taken): the largest draws are
// chosen. An item of no evidence is drawn from the prior, widely; what did badly is drawn low, and seldom.
//
// Differs from the paper: rewards come with the next training or refresh, not one by one; trials are sessions
// that had the item, for impressions are not known (ItemEvidence). Sources narrow, draws choose: a request
// draws for a few of the nearest items, not for all.
//
// Draws are numbers of a counter-based generator by (seed, session, item): the same seed gives the same
// answer. Without one each request has a seed of its own.

using System.Diagnostics;
using System.Runtime.CompilerServices;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation.Sources;

namespace EmbedEngine.Recommendation.Exploration;

/// <summary>Finds what a request may explore. Allocates nothing once warm, takes no lock.</summary>
internal static class Explorer
{
    /// <summary>Candidates drawn for, a place.</summary>
    public const int CandidatesPerPlace = 8;

    private const int FewestCandidates = 16;
    private const int MostLooked = 4096; // rows of a category, or of all, that a request looks at
    private const int Narrow = 4096; // so few little-known rows are searched alone
    private const int Wide = 256; // neighbours asked for where they are not

    private const ulong OfPlaces = 1, OfItems = 2, OfRows = 3; // streams of a request

    /// <summary>
    /// Events that tell one session from another, at most; an older one makes no other answer.
    /// </summary>
    private const int MostEvents = 512;

    /// <summary>The numbers of a request.</summary>
    /// <param name="seed">Of the caller; 0 = fresh ones.</param>
    /// <param name="events">The session, as it was handed over.</param>
    /// <param name="past">What its user did before; null = nobody was named.</param>
    /// <param name="scratch">Of the request.</param>
    public static ulong KeyOf(
        ulong seed, ReadOnlySpan<SessionEvent> events, EventTail? past, RequestScratch scratch)
    {
        if (seed == 0)
        {
            // Of the moment, the scratch and the place in its requests: no two requests of a process share
            // all three, nor those of processes that were one before a fork.
            return new CounterRandom(
                (ulong)Stopwatch.GetTimestamp(), (ulong)RuntimeHelpers.GetHashCode(scratch),
                scratch.NextRequest()).At(0);
        }
        ulong key = new CounterRandom(seed, (ulong)events.Length).At(0);
        foreach (ref readonly SessionEvent e in events[Math.Max(0, events.Length - MostEvents)..])
            key = new CounterRandom(key, (ulong)e.Item, (ulong)e.Action).At(0);
        if (past is null) return key;
        foreach (int row in past.Items) key = new CounterRandom(key, (ulong)row, 1).At(1);
        return key;
    }

    /// <summary>
    /// Places of an answer that are explored: the share of k; a fraction of a place is one as often as it
    /// says.
    /// </summary>
    public static int PlacesOf(float share, int k, ulong key)
    {
        double places = Math.Min(k, (double)share * k);
        int whole = (int)places;
        return whole + (Places(key).Stream().NextDouble() < places - whole ? 1 : 0);
    }

    /// <summary>Where the places are.</summary>
    public static CounterRandom Places(ulong key) => new(key, OfPlaces);

    /// <summary>What is drawn of an item: the rate at which it may be taken up.</summary>
    public static double Draw(ItemEvidence evidence, double trials, double taken, ulong key, long item)
    {
        CounterStream random = new CounterRandom(key, OfItems, (ulong)item).Stream();
        return BetaDraw.Next(evidence.Alpha + taken, evidence.Beta + trials - taken, ref random);
    }

    /// <summary>Candidates that are drawn for where so many places are explored.</summary>
    public static int CandidatesOf(int places, int rows) =>
        (int)Math.Min(rows, Math.Max(FewestCandidates, (long)places * CandidatesPerPlace));

    /// <summary>
    /// Puts open little-known items into <see cref="ExploredItems"/> and draws for each. The allowed rows of
    /// the scratch are narrowed meanwhile and must be set again.
    /// </summary>
    /// <param name="recommender">Has the sources.</param>
    /// <param name="evidence">Of the version.</param>
    /// <param name="session">What is asked about.</param>
    /// <param name="key">Of the request.</param>
    /// <param name="scratch">Of the request; marks tell what is seen, pinned or answered.</param>
    public static void Collect(
        Recommender recommender, ItemEvidence evidence, in SessionContext session, ulong key,
        RequestScratch scratch)
    {
        ExploredItems found = scratch.Explored;
        int depth = CandidatesOf(found.Held, recommender.Data.RowCount + (scratch.Cold?.Count ?? 0));
        if (session.Length > 0)
        {
            int little = evidence.LittleKnown.Length;
            // A search among few rows reads those alone, among most of them it walks the graph as ever; for
            // what lies between it would read too many.
            bool narrow = little <= Narrow || little >= recommender.Data.RowCount / 2;
            if (!narrow)
            {
                int wide = Math.Max(depth, Wide);
                Propose(CandidateSourceKind.Content, wide, recommender, evidence, session, scratch);
            }
            scratch.Allowed.Keep(evidence.Bits);
            if (narrow) Propose(CandidateSourceKind.Content, depth, recommender, evidence, session, scratch);
            Propose(CandidateSourceKind.Covisitation, depth, recommender, evidence, session, scratch);
        }
        else scratch.Allowed.Keep(evidence.Bits);
        CounterStream random = new CounterRandom(key, OfRows).Stream();
        if (found.Candidates < found.Held && recommender.Data.Categories is { } categories)
        {
            int first = Math.Max(0, session.Length - CategorySource.LastEvents);
            for (int e = session.Length - 1; e >= first; e--)
            {
                int category = categories.CategoryOf(session.Rows[e]);
                bool asked = category == ItemCategories.None
                    || IsNewer(session.Rows[(e + 1)..], category, categories);
                if (!asked) Sample(
                    evidence.LittleKnownOf(category), SourceCatalog.BitOf(CandidateSourceKind.Category),
                    evidence, session, scratch, ref random);
            }
        }
        if (found.Candidates < found.Held)
            Sample(evidence.LittleKnown, 0, evidence, session, scratch, ref random);
        for (int i = 0; i < found.Candidates; i++)
        {
            int row = found.RowOf(i);
            (double trials, double taken) = evidence.Of(row, scratch.Live);
            // One that was forgotten at this very moment is drawn as any other, and passed over later.
            _ = recommender.TryGetItem(row, scratch, out long item);
            double drawn = Draw(evidence, trials, taken, key, item);
            found.SetDraw(i, drawn * scratch.Rules.FactorOf(row));
        }
    }

    private static void Propose(
        CandidateSourceKind kind, int count, Recommender recommender, ItemEvidence evidence,
        in SessionContext session, RequestScratch scratch)
    {
        CandidateList proposed = scratch.Explored.Proposed;
        recommender.Collect(session, kind, count, proposed, scratch);
        foreach (int row in proposed.Rows) TryAdd(row, SourceCatalog.BitOf(kind), evidence, session, scratch);
    }

    private static bool IsNewer(ReadOnlySpan<int> rows, int category, Statistics.CategoryTable categories)
    {
        foreach (int row in rows)
            if (categories.CategoryOf(row) == category) return true;
        return false;
    }

    /// <summary>Takes in rows of a list from a place in it that is drawn, in steps that reach all.</summary>
    private static void Sample(
        ReadOnlySpan<int> rows, uint source, ItemEvidence evidence, in SessionContext session,
        RequestScratch scratch, ref CounterStream random)
    {
        if (rows.IsEmpty) return;
        // A prime that does not divide the length reaches every row before one comes again.
        int step = rows.Length % 7919 != 0 ? 7919 : 104_729;
        long at = random.NextInt(rows.Length);
        int most = Math.Min(rows.Length, MostLooked);
        for (int i = 0; i < most && !scratch.Explored.IsFull; i++)
        {
            TryAdd(rows[(int)at], source, evidence, session, scratch);
            at = (at + step) % rows.Length;
        }
    }

    private static void TryAdd(
        int row, uint source, ItemEvidence evidence, in SessionContext session, RequestScratch scratch)
    {
        bool open = scratch.Mark[row] == 0 && scratch.Allowed.Has(row) && IsIn(evidence.Bits, row)
            && !scratch.Rules.IsBuried(row) && evidence.IsLittle(row, scratch.Live)
            && !session.Rows.Contains(row) && !session.PastRows.Contains(row)
            && !session.MixedRows.Contains(row) && !scratch.LivePast.Rows.Contains(row);
        if (open) scratch.Explored.Add(row, source);
    }

    // Behind the version's rows are items without events.
    private static bool IsIn(ulong[] bits, int row) =>
        row >> 6 >= bits.Length || (bits[row >> 6] >> (row & 63) & 1) != 0;
}
