// The latest events of every user, as an artifact of a version: user key → rows of items, actions, times.
// Opening it reads nothing; a request reads the pages of its one user.

using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Storage;

namespace EmbedEngine.Profiles;

/// <summary>
/// Users and what they did last, memory-mapped; immutable, thread-safe. A user's number is its place here, by
/// the order in which the store first saw them.
/// </summary>
internal sealed class HistoryTable : IVersionArtifact
{
    /// <summary>Name of its file, without extension.</summary>
    public const string FileName = "histories";

    /// <summary>What the header of its file says it is; at most 16 ASCII bytes.</summary>
    public const string FileKind = "histories";

    private const uint OrdinalsSection = 1; // 2 to 5: MappedKeys
    private const uint OffsetsSection = 6;
    private const uint RowsSection = 7;
    private const uint ActionsSection = 8;
    private const uint TimesSection = 9;

    private readonly ArtifactFile _file;
    private readonly MappedKeys _keys;
    private readonly View<long> _offsets;
    private readonly View<int> _rows;
    private readonly View<byte> _actions;
    private readonly View<long> _times;

    private HistoryTable(ArtifactFile file)
    {
        _file = file;
        Count = checked((int)file.Header.RowCount);
        _keys = new MappedKeys(file, Count);
        _offsets = file.Section<long>(OffsetsSection, Count + 1L);
        _rows = file.Section<int>(RowsSection);
        _actions = file.Section<byte>(ActionsSection, _rows.Count);
        HasTimes = file.Has(TimesSection);
        if (HasTimes) _times = file.Section<long>(TimesSection, _rows.Count);
    }

    /// <summary>Users.</summary>
    public int Count { get; }

    public bool HasTimes { get; }

    /// <summary>Kind of the users' keys.</summary>
    public KeyKind KeyKind => _keys.Kind;

    /// <summary>Events of all users.</summary>
    public long EventCount => _rows.Count;

    public ulong Digest => _file.Digest;

    /// <summary>Version the file was made for; 0 outside a store.</summary>
    public long Version => _file.Header.Version;

    long? IVersionArtifact.Rows => null;

    public static HistoryTable Open(FileSystem fileSystem, string path, VerifyLevel verify) =>
        ArtifactFile.OpenAs(fileSystem, path, FileKind, verify, file => new HistoryTable(file));

    /// <summary>The number of a user by its key as people write it.</summary>
    public bool TryFind(ReadOnlySpan<byte> key, out int user) => _keys.TryFind(key, out user);

    /// <summary>Key of a user as people write it.</summary>
    public string KeyOf(int user) => _keys.StringAt(user);

    /// <summary>
    /// Puts a user's events that are earlier than a moment before those in the tail, as far as there is room.
    /// Damaged rows are left out.
    /// </summary>
    /// <param name="user">Its number.</param>
    /// <param name="rowCount">Rows of the version.</param>
    /// <param name="beforeMs">Events at or after it are left out, where times are known.</param>
    /// <param name="tail">Takes rows.</param>
    public void ReadBefore(int user, int rowCount, long beforeMs, EventTail tail)
    {
        (long begin, long end) = (_offsets[user], _offsets[user + 1L]);
        if (begin < 0 || end > _rows.Count) return;
        for (long e = end - 1; e >= begin && !tail.IsFull; e--)
        {
            long time = HasTimes ? _times[e] : TrainingSet.NoTime;
            if ((uint)_rows[e] < (uint)rowCount && time < beforeMs) tail.AddBefore(
                _rows[e], _actions[e], time);
        }
    }

    /// <summary>
    /// As <see cref="ReadBefore"/>, of all events and those that happened since, by time: who observes may be
    /// late. Where no times are kept, what happened since is later.
    /// </summary>
    /// <param name="since">Later events, as rows.</param>
    /// <param name="user">Number of the user.</param>
    /// <param name="rowCount">Rows of the version.</param>
    /// <param name="tail">Receives the latest of both; empty.</param>
    public void ReadWith(EventTail since, int user, int rowCount, EventTail tail)
    {
        ReadOnlySpan<int> rows = RowsOf(user);
        ReadOnlySpan<byte> actions = ActionsOf(user);
        ReadOnlySpan<long> times = TimesOf(user);
        int own = Math.Min(rows.Length, actions.Length) - 1, live = since.Count - 1;
        while (!tail.IsFull && (own >= 0 || live >= 0))
        {
            long time = own >= 0 && own < times.Length ? times[own] : TrainingSet.NoTime;
            if (own < 0 || (live >= 0 && since.TimesMs[live] >= time))
            {
                tail.AddBefore(since.Items[live], since.Actions[live], since.TimesMs[live]);
                live--;
                continue;
            }
            if ((uint)rows[own] < (uint)rowCount) tail.AddBefore(rows[own], actions[own], time);
            own--;
        }
    }

    /// <summary>Rows of a user's events, oldest first, as they lie: the reader checks them.</summary>
    public ReadOnlySpan<int> RowsOf(int user) => Part(_rows, user);

    /// <summary>Action codes of a user's events.</summary>
    public ReadOnlySpan<byte> ActionsOf(int user) => Part(_actions, user);

    /// <summary>Times of a user's events; empty where none are known.</summary>
    public ReadOnlySpan<long> TimesOf(int user) => HasTimes ? Part(_times, user) : default;

    public void Dispose() => _file.Dispose();

    /// <summary>
    /// Writes the table of a version; false, and nothing written, where nobody has a known event.
    /// </summary>
    /// <param name="sink">Where the artifact goes.</param>
    /// <param name="histories">What users did.</param>
    /// <param name="rowOf">Row of each item ordinal; negative = the version does not know it.</param>
    /// <param name="keys">User ordinal to key.</param>
    public static bool Write(ArtifactSink sink, UserHistories histories, int[] rowOf, KeyDictionary keys) =>
        Write(sink, histories.UserCount, histories.HasTimes,
            (user, tail) => histories.Read(user, long.MaxValue, tail), rowOf, keys);

    /// <summary>As the other, of histories from anywhere; no more is in memory than one.</summary>
    /// <param name="sink">Where the artifact goes.</param>
    /// <param name="users">Users, by ordinal.</param>
    /// <param name="hasTimes">Whether events have times.</param>
    /// <param name="read">Puts a user's latest events, as item ordinals, into a tail; asked several times,
    /// with the same answer.</param>
    /// <param name="rowOf">As there.</param>
    /// <param name="keys">As there.</param>
    public static bool Write(
        ArtifactSink sink, int users, bool hasTimes, Action<int, EventTail> read, int[] rowOf,
        KeyDictionary keys)
    {
        var tail = new EventTail();
        var ordinals = new List<long>();
        var offsets = new List<long> { 0 };
        for (int user = 0; user < users; user++)
        {
            read(user, tail);
            int known = 0;
            foreach (int item in tail.Items) known += RowOf(rowOf, item) < 0 ? 0 : 1;
            if (known == 0 || !keys.HasKey(user)) continue;
            ordinals.Add(user);
            offsets.Add(offsets[^1] + known);
        }
        if (ordinals.Count == 0) return false;
        using ArtifactWriter writer = sink.Create(FileName, new ArtifactHeader
        {
            Kind = FileKind,
            RowCount = ordinals.Count,
            Parameters = $"{{{MappedKeys.KindParameter(keys)},\"most_events\":{EventTail.MostEvents}}}",
        });
        long[] written = [.. ordinals];
        writer.Add<long>(OrdinalsSection, written);
        MappedKeys.Write(writer, written, keys);
        writer.Add<long>(OffsetsSection, offsets.ToArray());
        Stream<int>(writer, RowsSection, written, read, tail, rowOf, e => RowOf(rowOf, tail.Items[e]));
        Stream<byte>(writer, ActionsSection, written, read, tail, rowOf, e => tail.Actions[e]);
        if (hasTimes) Stream<long>(writer, TimesSection, written, read, tail, rowOf, e => tail.TimesMs[e]);
        sink.Finish(writer);
        return true;
    }

    /// <summary>One section, user by user: no more is in memory than one history.</summary>
    private static void Stream<T>(
        ArtifactWriter writer, uint section, long[] users, Action<int, EventTail> read, EventTail tail,
        int[] rowOf, Func<int, T> take)
        where T : unmanaged
    {
        writer.Begin(section, System.Runtime.InteropServices.Marshal.SizeOf<T>());
        var values = new T[EventTail.MostEvents];
        foreach (long user in users)
        {
            read((int)user, tail);
            int n = 0;
            for (int e = 0; e < tail.Count; e++)
            {
                if (RowOf(rowOf, tail.Items[e]) >= 0) values[n++] = take(e);
            }
            writer.Write<T>(values.AsSpan(0, n));
        }
        writer.EndSection();
    }

    private static int RowOf(int[] rowOf, int item) => (uint)item < (uint)rowOf.Length ? rowOf[item] : -1;

    private ReadOnlySpan<T> Part<T>(View<T> values, int user)
        where T : unmanaged
    {
        (long begin, long end) = (_offsets[user], _offsets[user + 1L]);
        bool sane = begin >= 0 && end >= begin && end <= values.Count && end - begin <= int.MaxValue;
        return sane ? values.Slice(begin, (int)(end - begin)) : default;
    }
}
