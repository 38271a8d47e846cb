// Arrays in memory to the sorter: the same checks as for files, without any parsing of int64 keys.

using System.Text;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Interactions.Sessions;
using EmbedEngine.Numerics;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Reads <see cref="EventColumns"/>.</summary>
internal sealed class ColumnsReader
{
    private const int PollEvery = 1 << 16;

    private readonly ImportContext _context;
    private readonly EventColumns _columns;
    private readonly KeyColumn _itemKeys;
    private readonly KeyColumn? _userKeys;
    private readonly bool _labelled;
    private byte[] _text = [];

    public ColumnsReader(ImportContext context, EventColumns columns)
    {
        columns.Validate();
        (_context, _columns) = (context, columns);
        _labelled = context.Metadata is not null && (columns.Categories ?? columns.Titles) is not null;
        var tally = new SniffTally();
        Show(columns.ItemTexts, columns.Items.Length, tally.Item);
        Show(columns.UserTexts, columns.Users.Length, tally.User);
        Show(columns.SessionTexts, columns.Sessions.Length, tally.Session);
        _itemKeys = new KeyColumn(
            "item", tally.DecideItems(context.Items, context.Options, context.Guess, "(columns)"),
            context.Items, context.Guess);
        if (tally.AnyUser || columns.UserTexts?.Any(text => !KeyText.IsMissing(text)) == true)
        {
            _userKeys = new KeyColumn(
                "user", tally.DecideUsers(context.Users, context.Guess), context.Users, context.Guess);
        }
        bool hasSession = columns.SessionTexts is not null || !columns.Sessions.IsEmpty;
        KeyKind sessions = columns.SessionTexts is null ? KeyKind.Int64
            : tally.DecideSessions(context.Guess);
        if (!hasSession && _userKeys is null)
            throw new EmbedEngineException(ErrorCode.BadInput, "(columns): every user key is empty");
        GroupKeys = hasSession
            ? new KeyColumn(
                "session", sessions, sessions == KeyKind.Text ? new KeyDictionary(KeyKind.Text) : null,
                context.Guess)
            : _userKeys!;
        Header = context.Rules with
        {
            HasTimes = !columns.TimesMs.IsEmpty,
            HasUsers = _userKeys is not null,
            UserCut = !hasSession,
            SessionKeys = GroupKeys.Kind,
        };
        context.Notes.Begin(tally, TimeUnit.Milliseconds, Header.HasTimes, Header.UserCut);
    }

    private delegate void Look(ReadOnlySpan<byte> text);

    public SegmentHeader Header { get; }

    /// <summary>The column that sessions are grouped by.</summary>
    public KeyColumn GroupKeys { get; }

    /// <summary>Reads all rows; a stage of events.</summary>
    public void Read(EventSorter sorter, ProgressScope progress)
    {
        byte[][]? names = _columns.ActionNames?.Select(Encoding.UTF8.GetBytes).ToArray();
        for (int row = 0; row < _columns.Count; row++)
        {
            if (TryRow(row, names, sorter)) _context.Rejects.Accept();
            if (row % PollEvery != 0) continue;
            progress.Set(row);
            progress.Poll();
        }
    }

    private static void Show(IReadOnlyList<string>? texts, int numbers, Look look)
    {
        if (numbers > 0) look("0"u8);
        if (texts is null) return;
        for (int i = 0; i < texts.Count && i < SniffTally.MaxRows; i++)
            look(Encoding.UTF8.GetBytes(texts[i] ?? ""));
    }

    private bool TryRow(int row, byte[][]? names, EventSorter sorter)
    {
        if (!TryKey(_itemKeys, _columns.Items, _columns.ItemTexts, row, out long item)) return false;
        long time = Header.HasTimes ? _columns.TimesMs.Span[row] : LogEvent.NoTime;
        if (Header.HasTimes && time is < 0 or > TimeText.MaxTimeMs)
            return Bad(row, $"time {time} is not milliseconds since 1970 up to the year 9999");
        byte action = _columns.Actions.IsEmpty ? ActionTable.Clicks : _columns.Actions.Span[row];
        if (names is not null && action >= names.Length) return Bad(row, $"action {action} has no name");
        if (names is null && action > ActionTable.Remove)
            return Bad(row, $"action {action} is not 0 to 3; give ActionNames");
        if (names is not null && _context.TryAction(names[action], out action) is { } problem)
            return Bad(row, problem);
        long user = -1;
        bool noUser = _userKeys is null
            || (!Header.UserCut && _columns.UserTexts is { } t && KeyText.IsMissing(t[row]));
        if (!noUser && !TryKey(_userKeys!, _columns.Users, _columns.UserTexts, row, out user)) return false;
        long group = user;
        if (!Header.UserCut && !TryKey(GroupKeys, _columns.Sessions, _columns.SessionTexts, row, out group))
            return false;
        _context.Touched.Add(item);
        if (_labelled) TakeLabels(row, item);
        sorter.Add(new SortRecord(group, time, 0, ((long)row << 8) | action, (int)item, (int)user));
        return true;
    }

    private bool TryKey(
        KeyColumn keys, ReadOnlyMemory<long> numbers, IReadOnlyList<string>? texts, int row,
        out long resolved)
    {
        ReadOnlySpan<byte> text = default;
        long number = 0;
        resolved = -1;
        if (texts is null && keys.Kind == KeyKind.Int64)
        {
            resolved = keys.Resolve(default, numbers.Span[row]);
            return true;
        }
        string key = texts is null
            ? numbers.Span[row].ToString(System.Globalization.CultureInfo.InvariantCulture) : texts[row]
                ?? "";
        int size = Encoding.UTF8.GetMaxByteCount(key.Length);
        if (_text.Length < size) _text = new byte[size];
        text = _text.AsSpan(0, Encoding.UTF8.GetBytes(key, _text));
        if (keys.Check(text, out number) is { } problem) return Bad(row, problem, text);
        resolved = keys.Resolve(text, number);
        return true;
    }

    private void TakeLabels(int row, long item)
    {
        ReadOnlySpan<byte> category = Label(_columns.Categories?[row]);
        ReadOnlySpan<byte> title = Label(_columns.Titles?[row]);
        _context.Metadata!.Set(item, category, title);
    }

    private static ReadOnlySpan<byte> Label(string? text) =>
        string.IsNullOrEmpty(text) ? default : Encoding.UTF8.GetBytes(text);

    private bool Bad(int row, string reason, ReadOnlySpan<byte> text = default)
    {
        _context.Rejects.Reject(row + 1L, reason, text);
        return false;
    }
}
