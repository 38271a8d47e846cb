// The event files that benchmarks read, as the peers' scripts read them: every session as it stands in the
// file, test sessions (key % holdout == 0) left out, rare items taken out of the sequence. Nothing of a
// store.

using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Interactions.Reading;
using EmbedEngine.Interactions.Sessions;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Bench;

/// <summary>Sessions of one file in memory.</summary>
internal sealed class BenchEvents : ISessionSink
{
    private readonly long _holdout;
    private readonly List<long> _offsets = [0];
    private readonly List<int> _items = [];
    private readonly KeyDictionary _keys = new();

    private BenchEvents(long holdout) => _holdout = holdout;

    /// <summary>Reads a file.</summary>
    /// <param name="path">OTTO JSONL or any other format of import.</param>
    /// <param name="holdout">Leaves out sessions whose key it divides; 0 = none.</param>
    /// <param name="progress">Progress and cancellation.</param>
    /// <exception cref="EmbedEngineException">As of an import; BadInput when keys are text.</exception>
    public static BenchEvents Read(string path, int holdout, ProgressScope progress)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfNegative(holdout);
        var events = new BenchEvents(holdout);
        var options = new ImportOptions();
        var context = new ImportContext
        {
            Options = options, Items = events._keys, Users = new KeyDictionary(), Actions = new ActionTable(),
            Rejects = new RejectLog(path, options.MaxErrors, options.Strict),
        };
        using var temporary = new TemporaryDirectory(FileSystem.Real);
        new SourceReading(context, FileSystem.Real, temporary.Path, progress).Run(
            EventSource.Auto(path), header =>
            holdout == 0 || header.SessionKeys == KeyKind.Int64 ? events : throw new EmbedEngineException(
                ErrorCode.BadInput,
                $"{path}: holding out a share needs sessions with whole numbers for keys"));
        if (events._keys.Kind == KeyKind.Text)
            throw new EmbedEngineException(
                ErrorCode.BadInput, $"{path}: items must have whole numbers for keys");
        progress.End();
        return events;
    }

    public void Add(in SessionRecord session)
    {
        if (_holdout > 0 && session.Key % _holdout == 0) return;
        foreach (LogEvent e in session.Events) _items.Add(e.Item);
        _offsets.Add(_items.Count);
    }

    /// <summary>
    /// Sessions in rows, an item a row where it has enough events: most frequent first, ties by smaller key.
    /// Keys are by row.
    /// </summary>
    public (long[] Offsets, int[] Tokens, long[] Keys) ToRows(int minCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minCount, 1);
        var counts = new int[(int)_keys.Count];
        foreach (int item in _items) counts[item]++;
        int[] kept = [.. Enumerable.Range(0, counts.Length).Where(i => counts[i] >= minCount)];
        Array.Sort(kept, (a, b) => counts[a] != counts[b]
            ? counts[b].CompareTo(counts[a]) : _keys.Int64Key(a).CompareTo(_keys.Int64Key(b)));
        var rowOf = new int[counts.Length];
        Array.Fill(rowOf, -1);
        for (int row = 0; row < kept.Length; row++) rowOf[kept[row]] = row;
        var offsets = new long[_offsets.Count];
        var tokens = new int[_items.Count];
        int at = 0;
        for (int s = 0; s + 1 < offsets.Length; s++)
        {
            for (int e = (int)_offsets[s]; e < _offsets[s + 1]; e++)
                if (rowOf[_items[e]] >= 0) tokens[at++] = rowOf[_items[e]];
            offsets[s + 1] = at;
        }
        Array.Resize(ref tokens, at);
        return (offsets, tokens, Array.ConvertAll(kept, i => _keys.Int64Key(i)));
    }
}
