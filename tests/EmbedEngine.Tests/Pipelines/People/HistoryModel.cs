using System.Globalization;
using System.Text;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Recommendation;

namespace EmbedEngine.Tests.Pipelines.People;

/// <summary>
/// What users did, readably: a list for each, of which the latest hundred by time count, equal times in the
/// order in which they happened.
/// </summary>
internal sealed class HistoryModel
{
    private readonly Dictionary<string, List<(long TimeMs, long Item, string Action)>> _events = [];

    public IEnumerable<string> Users => _events.Keys;

    public void Add(string user, long item, string action, long timeMs)
    {
        if (!_events.TryGetValue(user, out List<(long, long, string)>? own)) _events[user] = own = [];
        own.Add((timeMs, item, action));
    }

    /// <summary>Takes the rows of a log as <see cref="PeopleShop.Csv"/> writes it.</summary>
    public void AddCsv(string csv)
    {
        foreach (string row in csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            string[] cells = row.Split(',');
            Add(cells[1], long.Parse(cells[2], CultureInfo.InvariantCulture), cells[4],
                long.Parse(cells[3], CultureInfo.InvariantCulture) * 1000);
        }
    }

    /// <summary>Takes all of another's.</summary>
    public void AddAll(HistoryModel other)
    {
        foreach ((string user, List<(long TimeMs, long Item, string Action)> events) in other._events)
            foreach ((long time, long item, string action) in events) Add(user, item, action, time);
    }

    /// <summary>The history of a user as text, one event a line, oldest first.</summary>
    public string Of(string user) => !_events.TryGetValue(user, out var events) ? ""
        : string.Concat(events.OrderBy(e => e.TimeMs).TakeLast(EventTail.MostEvents)
            .Select(e => $"{e.TimeMs} {e.Item} {e.Action}\n"));

    /// <summary>The same of what an engine has.</summary>
    public static string Of(Engine engine, string user)
    {
        VersionData data = engine.Model!.Served.Data;
        EventTail past = Past(engine, user);
        var text = new StringBuilder();
        for (int e = 0; e < past.Count; e++)
        {
            string action = data.Actions.Name(past.Actions[e]);
            text.Append(CultureInfo.InvariantCulture,
                $"{past.TimesMs[e]} {data.Items.ItemAt(past.Items[e])} {action}\n");
        }
        return text.ToString();
    }

    /// <summary>A user's history as a request reads it, in rows of the version.</summary>
    public static EventTail Past(Engine engine, string user)
    {
        RequestScratch scratch = engine.Model!.Served.Recommender.NewScratch();
        engine.Model!.Served.ReadPast(Encoding.UTF8.GetBytes(user), scratch);
        return scratch.Past;
    }
}
