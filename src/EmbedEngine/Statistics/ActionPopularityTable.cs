// popularity(i) of PopularityTable for each trailing window and each action alone: what is most bought this
// week, most carted today. Kept as short ranked lists with their scores, for the sums of every row by window
// and action would be many times the size of what anybody reads.

using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Statistics;

/// <summary>
/// Items by popularity in a window and by an action. Memory-mapped, thread-safe. Offsets are checked at each
/// use: a damaged list is an empty list; rows in lists are the reader's to check.
/// </summary>
internal sealed class ActionPopularityTable : IVersionArtifact
{
    /// <summary>Name of its file, without extension.</summary>
    public const string FileName = "popularity-actions";

    /// <summary>What the header of its file says it is; at most 16 ASCII bytes.</summary>
    public const string FileKind = "popular_action";

    /// <summary>Stands for the events of all actions together.</summary>
    public const int AllActions = -1;

    private const uint WindowsSection = 1;
    private const uint ActionsSection = 2;
    private const uint OffsetsSection = 3;
    private const uint RowsSection = 4;
    private const uint ScoresSection = 5;

    /// <summary>More windows than any build writes; keeps the product with the actions small.</summary>
    private const int MostWindows = 1024;

    private const long MsPerDay = 86_400_000;

    private readonly ArtifactFile _file;
    private readonly View<int> _windows;
    private readonly View<int> _actions;
    private readonly View<long> _offsets;
    private readonly View<int> _rows;
    private readonly View<float> _scores;

    private ActionPopularityTable(ArtifactFile file)
    {
        _file = file;
        _windows = file.Section<int>(WindowsSection);
        _actions = file.Section<int>(ActionsSection);
        if (_windows.Count > MostWindows || _actions.Count > MostWindows)
        {
            throw new CorruptFileException(
                file.Path, 68, $"at most {MostWindows} windows and actions",
                $"{_windows.Count} and {_actions.Count}");
        }
        _offsets = file.Section<long>(OffsetsSection, (_windows.Count * _actions.Count) + 1);
        _rows = file.Section<int>(RowsSection);
        _scores = file.Section<float>(ScoresSection, _rows.Count);
    }

    /// <summary>Windows there are lists for, in days; 0 is all time.</summary>
    public ReadOnlySpan<int> WindowsDays => _windows.Span;

    /// <summary>Action codes there are lists for, <see cref="AllActions"/> first.</summary>
    public ReadOnlySpan<int> Actions => _actions.Span;

    /// <summary>Rows the lists are for.</summary>
    public long? Rows => _file.Header.RowCount;

    /// <summary>Version the file was made for; 0 outside a store.</summary>
    public long Version => _file.Header.Version;

    public static ActionPopularityTable Open(FileSystem fileSystem, string path, VerifyLevel verify) =>
        ArtifactFile.OpenAs(fileSystem, path, FileKind, verify, file => new ActionPopularityTable(file));

    /// <summary>
    /// Rows by descending score, ties by smaller row, as many as were kept; empty
    /// for a window there is no list of, and for an action that does not occur.
    /// </summary>
    public ReadOnlySpan<int> Ranked(int windowDays, int action, out ReadOnlySpan<float> scores)
    {
        scores = default;
        int window = _windows.Span.IndexOf(windowDays);
        int place = _actions.Span.IndexOf(action);
        if (window < 0 || place < 0) return default;
        long list = (window * _actions.Count) + place;
        long begin = _offsets[list];
        long end = _offsets[list + 1];
        bool sane = begin >= 0 && end >= begin && end <= _rows.Count && end - begin <= int.MaxValue;
        if (!sane) return default;
        scores = _scores.Slice(begin, (int)(end - begin));
        return _rows.Slice(begin, (int)(end - begin));
    }

    /// <summary>Computes and writes the table: the windows of <see cref="PopularityTable"/>.</summary>
    public static void Write(
        ArtifactSink sink, TrainingSet set, PopularitySettings settings, ProgressScope progress)
    {
        int[] actions = [AllActions, .. Occurring(set)];
        int[] windows = [.. settings.WindowsDays];
        var lists = new (int[] Rows, float[] Scores)[windows.Length * actions.Length];
        for (int a = 0; a < actions.Length; a++)
        {
            progress.ThrowIfCancelled();
            double[][] sums = Compute(set, actions[a], windows, settings.DecayPerDay);
            for (int w = 0; w < windows.Length; w++)
                lists[(w * actions.Length) + a] = Rank(sums[w], settings.ListLength);
            progress.Set(a + 1);
        }
        long[] offsets = new long[lists.Length + 1];
        for (int l = 0; l < lists.Length; l++) offsets[l + 1] = offsets[l] + lists[l].Rows.Length;
        using ArtifactWriter writer = sink.Create(
            FileName,
            new ArtifactHeader { Kind = FileKind, RowCount = set.RowCount });
        writer.Add<int>(WindowsSection, windows);
        writer.Add<int>(ActionsSection, actions);
        writer.Add<long>(OffsetsSection, offsets);
        writer.Begin(RowsSection, sizeof(int));
        foreach ((int[] rows, _) in lists) writer.Write<int>(rows);
        writer.EndSection();
        writer.Begin(ScoresSection, sizeof(float));
        foreach ((_, float[] scores) in lists) writer.Write<float>(scores);
        writer.EndSection();
        sink.Finish(writer);
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Action codes of the set's events, ascending.</summary>
    private static int[] Occurring(TrainingSet set)
    {
        bool[] occurs = new bool[256];
        foreach (byte action in set.Actions) occurs[action] = true;
        return Enumerable.Range(0, occurs.Length).Where(code => occurs[code]);
    }

    /// <summary>
    /// Score by row for each window over the events of one action: one walk for all windows, since an event
    /// of a short one is in every longer one. Sums as <see cref="PopularityTable.Compute"/> makes them.
    /// </summary>
    internal static double[][] Compute(
        TrainingSet set, int action, ReadOnlySpan<int> windowsDays, double decayPerDay)
    {
        var sums = new double[windowsDays.Length][];
        long[] horizonsMs = new long[windowsDays.Length];
        for (int w = 0; w < sums.Length; w++)
        {
            sums[w] = new double[set.RowCount];
            horizonsMs[w] = windowsDays[w] == 0 ? long.MaxValue : windowsDays[w] * MsPerDay;
        }
        long newest = set.NewestMs();
        var decay = new ExponentialDecay(
            decayPerDay / MsPerDay, PopularityTable.TableDays * MsPerDay);
        for (long e = 0; e < set.EventCount; e++)
        {
            if (action != AllActions && set.Actions[e] != action) continue;
            long t = set.TimesMs[e];
            long ageMs = t == TrainingSet.NoTime ? 0 : Math.Max(0, newest - t);
            double score = set.ActionWeights[set.Actions[e]] * decay.At(ageMs);
            for (int w = 0; w < sums.Length; w++)
            {
                if (ageMs <= horizonsMs[w]) sums[w][set.Rows[e]] += score;
            }
        }
        return sums;
    }

    /// <summary>
    /// The ranked list of sums: sorts only what has a score, for most rows of most lists have none.
    /// </summary>
    private static (int[] Rows, float[] Scores) Rank(double[] sums, int most)
    {
        int[] rows = [.. Enumerable.Range(0, sums.Length).Where(row => sums[row] > 0)];
        int[] places = PopularityTable.Rank(Array.ConvertAll(rows, row => sums[row]), most);
        rows = Array.ConvertAll(places, place => rows[place]);
        return (rows, Array.ConvertAll(rows, row => (float)sums[row]));
    }
}
