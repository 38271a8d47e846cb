// Evaluation input: prefixes with one target, or whole sessions. Item keys stay keys: a dictionary of their
// own.

using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Interactions.Reading;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Corpus;

/// <summary>
/// Test sessions as flat arrays. Items and users are ordinals in the case file's own dictionaries.
/// </summary>
internal sealed class TestCases
{
    /// <summary>Keys of the items named in the file, also those no store knows.</summary>
    public required KeyDictionary ItemKeys { get; init; }

    /// <summary>Keys of the users named in the file.</summary>
    public required KeyDictionary UserKeys { get; init; }

    public int Count => Users.Length;

    /// <summary>cases + 1 offsets into the event arrays.</summary>
    public required long[] Offsets { get; init; }

    /// <summary>Ordinals in <see cref="ItemKeys"/>.</summary>
    public required int[] Items { get; init; }

    /// <summary><see cref="LogEvent.NoTime"/> = none.</summary>
    public required long[] TimesMs { get; init; }

    /// <summary>Codes in <see cref="Actions"/>.</summary>
    public required byte[] ActionCodes { get; init; }

    /// <summary>Ordinals in <see cref="UserKeys"/>, −1 = not known.</summary>
    public required int[] Users { get; init; }

    /// <summary>
    /// The next item of each case as ordinal in <see cref="ItemKeys"/>; null where the cases are whole
    /// sessions.
    /// </summary>
    public int[]? Targets { get; init; }

    /// <summary>
    /// Cases of one session share a number (0 … ClusterCount − 1), for cluster-robust intervals.
    /// </summary>
    public required int[] Clusters { get; init; }

    public int ClusterCount { get; init; }

    /// <summary>Session key of each case, or its ordinal in <see cref="SessionTexts"/>.</summary>
    public required long[] SessionIds { get; init; }

    /// <summary>The text keys; null where session keys are int64.</summary>
    public KeyDictionary? SessionTexts { get; init; }

    public bool HasTimes { get; init; }

    /// <summary>
    /// Where the cases are whole sessions: they and those too short to be one, as their users' past.
    /// </summary>
    public SessionCorpus? Sessions { get; init; }

    /// <summary>Fingerprint of the file; null for standard input and arrays.</summary>
    public string? Fingerprint { get; private set; }

    public long Rejected { get; init; }

    public IReadOnlyList<RejectedRow> FirstErrors { get; init; } = [];

    /// <summary>
    /// The store's actions plus those only this file names; codes below the store's count mean the same.
    /// </summary>
    public required ActionTable Actions { get; init; }

    /// <summary>
    /// Reads a test file: cases with a target where its lines name one (in file order, any length), else
    /// whole sessions grouped, merged, filtered and ordered exactly as a corpus is. The store's state is not
    /// touched.
    /// </summary>
    /// <exception cref="EmbedEngineException">As for an import.</exception>
    public static TestCases Read(
        EventSource source, ImportOptions options, ActionTable actions, FileSystem fs, string tempDirectory,
        ProgressScope progress)
    {
        ArgumentNullException.ThrowIfNull(source);
        options.Validate();
        ActionTable own = actions.Clone();
        own.Apply(options.Actions);
        var rejects = new RejectLog(source.Path, options.MaxErrors, options.Strict);
        var context = new ImportContext
        {
            Options = options,
            Items = new KeyDictionary(),
            Users = new KeyDictionary(),
            Actions = own,
            Rejects = rejects,
        };
        var collector = new CaseCollector();
        SegmentHeader header = context.Rules;
        var pipeline = new SourceReading(context, fs, tempDirectory, progress)
        {
            OnSessionLine = line => TakeTarget(context, collector, line),
        };
        pipeline.Run(source, found =>
        {
            header = found;
            return collector;
        });
        TestCases cases = collector.AnyTarget
            ? WithTargets(context, collector, header)
            : WholeSessions(context, collector, header, fs, tempDirectory, progress);
        cases.Fingerprint = pipeline.Fingerprint;
        return cases;
    }

    private static void TakeTarget(ImportContext context, CaseCollector collector, SessionLine line)
    {
        ReadOnlySpan<byte> text = line.Text(line.Target);
        if (text.IsEmpty) return;
        var keys = new KeyColumn("target", context.Items.Kind, context.Items, KeyGuess.Settled);
        if (keys.Check(text, out long number) is { } problem)
        {
            collector.RemoveLast();
            context.Rejects.Reject(line.Line, problem, text);
            return;
        }
        collector.SetTargetOfLast((int)keys.Resolve(text, number));
    }

    private static TestCases WithTargets(ImportContext context, CaseCollector collector, SegmentHeader header)
    {
        IReadOnlyList<CaseCollector.Case> cases = collector.Cases;
        foreach (CaseCollector.Case c in cases)
        {
            if (c.Target >= 0) continue;
            throw new EmbedEngineException(
                ErrorCode.BadInput,
                $"{context.Rejects.File}: some lines have a 'target' and row {c.FirstRow + 1} has none");
        }
        bool text = header.SessionKeys == KeyKind.Text;
        KeyDictionary? texts = text ? new KeyDictionary(KeyKind.Text) : null;
        long[] offsets = new long[cases.Count + 1];
        for (int i = 0; i < cases.Count; i++) offsets[i + 1] = offsets[i] + cases[i].Count;
        int[] items = new int[offsets[^1]];
        long[] times = new long[items.Length];
        byte[] actions = new byte[items.Length];
        long[] ids = new long[cases.Count];
        for (int i = 0; i < cases.Count; i++)
        {
            long at = offsets[i];
            foreach (LogEvent e in collector.Events(cases[i]))
                (items[at], times[at], actions[at++]) = (e.Item, e.TimeMs, e.Action);
            ids[i] = texts?.GetOrAdd(cases[i].TextKey) ?? cases[i].Key;
        }
        int[] clusters = collector.Clusters(text, out int clusterCount);
        return new TestCases
        {
            ItemKeys = context.Items,
            UserKeys = context.Users,
            Actions = context.Actions,
            Offsets = offsets,
            Items = items,
            TimesMs = times,
            ActionCodes = actions,
            Users = [.. cases.Select(c => c.User)],
            Targets = [.. cases.Select(c => c.Target)],
            Clusters = clusters,
            ClusterCount = clusterCount,
            SessionIds = ids,
            SessionTexts = texts,
            HasTimes = header.HasTimes,
            Rejected = context.Rejects.Rejected,
            FirstErrors = context.Rejects.First,
        };
    }

    private static TestCases WholeSessions(
        ImportContext context, CaseCollector collector, SegmentHeader header, FileSystem fs,
        string tempDirectory,
        ProgressScope progress)
    {
        // Through a segment of its own: one implementation of merging, filtering and order for corpus and
        // cases.
        if (!fs.DirectoryExists(tempDirectory)) fs.CreateDirectory(tempDirectory);
        string path = Path.Combine(tempDirectory, $"cases-{Guid.NewGuid():N}.eel");
        SessionCorpus corpus;
        try
        {
            using (var writer = new EventSegmentWriter(fs, path, header))
            {
                collector.Replay(writer);
                writer.Finish();
            }
            corpus = SessionCorpus.Load(fs, [path], progress);
        }
        finally
        {
            if (fs.FileExists(path)) fs.DeleteFile(path);
        }
        return new TestCases
        {
            ItemKeys = context.Items,
            UserKeys = context.Users,
            Actions = context.Actions,
            Offsets = corpus.Offsets,
            Items = corpus.Items,
            TimesMs = corpus.TimesMs,
            ActionCodes = corpus.Actions,
            Users = corpus.Users,
            Clusters = [.. Enumerable.Range(0, corpus.SessionCount)],
            ClusterCount = corpus.SessionCount,
            SessionIds = corpus.SessionIds,
            SessionTexts = corpus.SessionTexts,
            Sessions = corpus,
            HasTimes = corpus.HasTimes,
            Rejected = context.Rejects.Rejected,
            FirstErrors = context.Rejects.First,
        };
    }
}
