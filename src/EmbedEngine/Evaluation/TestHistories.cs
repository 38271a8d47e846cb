// What the users of a test file had done before each of its sessions: in the version's histories, then in
// earlier sessions of the file, short ones too. Rows of prefixes with targets are no sessions of their own:
// of them the version's histories count alone.

using System.Text;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Profiles;

namespace EmbedEngine.Evaluation;

/// <summary>Histories of a test file's cases.</summary>
internal sealed class TestHistories : ISessionHistories
{
    private readonly TestCases _cases;
    private readonly int[] _rowOf;
    private readonly HistoryTable? _table;
    private readonly int _rowCount;
    private readonly int[] _numbers; // of each user of the file in the table, negative = unknown
    private readonly UserHistories? _file;

    /// <param name="cases">The file.</param>
    /// <param name="rowOf">Row of each of its items, negative = unknown to the version.</param>
    /// <param name="table">Histories of the version; null = it has none.</param>
    /// <param name="rowCount">Rows of the version.</param>
    public TestHistories(TestCases cases, int[] rowOf, HistoryTable? table, int rowCount)
    {
        (_cases, _rowOf, _table, _rowCount) = (cases, rowOf, table, rowCount);
        _file = cases.Sessions is { HasTimes: true } sessions ? UserHistories.Of(sessions) : null;
        _numbers = new int[cases.UserKeys.Count];
        for (int user = 0; user < _numbers.Length; user++)
        {
            byte[] key = Encoding.UTF8.GetBytes(cases.UserKeys.KeyString(user));
            _numbers[user] = table is not null && table.TryFind(key, out int number) ? number : -1;
        }
    }

    public void Read(int session, EventTail spare, EventTail rows)
    {
        rows.Clear();
        int user = _cases.Users[session];
        if (user < 0) return;
        long start = _cases.TimesMs[_cases.Offsets[session]];
        if (_file is not null)
        {
            _file.Before(session, spare);
            spare.MapTo(_rowOf, rows);
        }
        if (_numbers[user] < 0) return;
        _table!.ReadBefore(
            _numbers[user], _rowCount, start == TrainingSet.NoTime ? long.MaxValue : start, rows);
    }
}
