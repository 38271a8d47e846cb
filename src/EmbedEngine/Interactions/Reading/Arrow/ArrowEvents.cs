using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;

namespace EmbedEngine.Interactions.Reading.Arrow;

/// <summary>Events from an Arrow stream: columns by the names that event files use, kept in memory.</summary>
internal sealed class ArrowEvents
{
    private const int PollRows = 1 << 14;
    private const int MaxActions = 256;

    private readonly ColumnMap _map;
    private readonly ArrowField[] _fields;
    private readonly TimeUnit _unit;
    private readonly TimeZoneInfo? _zone;
    private readonly ArrowCell _cell = new();
    private readonly ArrowKeys?[] _keys = new ArrowKeys?[ColumnMap.Roles];
    private readonly Utf8Texts?[] _labels = new Utf8Texts?[ColumnMap.Roles];
    private readonly List<long> _times = [];
    private readonly List<byte> _actions = [];
    private readonly List<string> _actionNames = [];

    private ArrowEvents(ArrowField[] fields, ImportOptions options)
    {
        ReadingOptions.RefuseColumns(options, "a table in memory is sorted and filtered before");
        _fields = fields;
        _map = ColumnMap.Find([.. fields.Select(f => f.Name)], options, "(arrow)");
        _unit = options.TimeUnit;
        _zone = TimeZones.Find(options.TimeZone);
        foreach (ColumnRole role in (ColumnRole[])[ColumnRole.Item, ColumnRole.Session, ColumnRole.User])
            if (_map.Has(role)) _keys[(int)role] = new ArrowKeys(fields[_map[role]]);
        foreach (ColumnRole role in (ColumnRole[])[ColumnRole.Category, ColumnRole.Title])
            if (_map.Has(role)) _labels[(int)role] = new Utf8Texts();
    }

    /// <summary>Reads a stream to its end and releases it.</summary>
    public static EventColumns Read(nint stream, ImportOptions options, ProgressScope progress)
    {
        using ArrowStream arrow = ArrowStream.Open(stream);
        var events = new ArrowEvents(arrow.Fields, options);
        progress.Begin("read", 0, "rows");
        while (arrow.Next()) events.ReadBatch(arrow, progress);
        progress.End();
        return events.ToColumns();
    }

    private void ReadBatch(ArrowStream arrow, ProgressScope progress)
    {
        var columns = new ArrowColumn?[ColumnMap.Roles];
        for (int role = 1; role < columns.Length; role++)
            if (_map.Has((ColumnRole)role)) columns[role] = arrow.Column(_map[(ColumnRole)role]);
        for (int row = 0; row < arrow.Rows; row++)
        {
            for (int role = 1; role < columns.Length; role++)
            {
                if (columns[role] is not { } column) continue;
                if (_keys[role] is { } keys) keys.Add(column, row, _cell);
                else if (_labels[role] is { } labels) labels.Add(_cell.Read(column, row, out RawKind _));
                else if (role == (int)ColumnRole.Time) _times.Add(TimeOf(column, row));
                else if (role == (int)ColumnRole.Action) _actions.Add(ActionOf(column, row));
            }
            progress.Add(1);
            if (row % PollRows == 0) progress.Poll();
        }
    }

    /// <summary>Milliseconds; what is no time is one that the import refuses.</summary>
    private long TimeOf(ArrowColumn column, long i)
    {
        if (column.Resolve(ref i) is not { } values) return LogEvent.NoTime;
        if (values.Field.IsTime) return values.Milliseconds(i);
        if (values.Field.IsText)
        {
            TimeUnit unit = _unit == TimeUnit.Auto ? TimeText.Guess(values.Text(i)) : _unit;
            // Day or month first: one text alone does not say it.
            if (_unit == TimeUnit.Auto && unit is TimeUnit.DayFirst or TimeUnit.MonthFirst)
                throw column.Bad("has dates like 31/12/2023: say time_unit dmy or mdy");
            return unit != TimeUnit.Auto && TimeText.TryParse(values.Text(i), unit, out long ms, _zone)
                ? ms : LogEvent.NoTime;
        }
        if (!values.Field.IsInteger && values.Field.Kind is not (ArrowKind.Float32 or ArrowKind.Float64))
            throw column.Bad("is the time column and holds neither times nor numbers");
        return NumberOf(values, i);
    }

    private long NumberOf(ArrowColumn values, long i)
    {
        double number = values.Number(i);
        if (!double.IsFinite(number)) return LogEvent.NoTime;
        double factor = (_unit == TimeUnit.Auto ? TimeText.UnitOf(number) : _unit) switch
        {
            TimeUnit.Seconds => 1000, TimeUnit.Microseconds => 1e-3, TimeUnit.Nanoseconds => 1e-6, _ => 1,
        };
        // Integers stay exact; a time with a fraction is one of seconds.
        if (!values.Field.IsInteger || factor > 1) return (long)Math.Floor(number * factor);
        return factor < 1 ? values.Integer(i) / (long)Math.Round(1 / factor) : values.Integer(i);
    }

    private byte ActionOf(ArrowColumn column, long i)
    {
        ArrowField field = column.Field.Values;
        if (field.IsInteger)
        {
            long at = i;
            long code = column.Resolve(ref at) is { } values ? values.Integer(at) : 0;
            return code is >= 0 and < MaxActions ? (byte)code
                : throw column.Bad($"has the action {code} in row {i}, not 0 to 3");
        }
        if (!field.IsText) throw column.Bad("is the action column and holds neither texts nor integers");
        // As an empty field of a file: what was done without a name is a click.
        string name = System.Text.Encoding.UTF8.GetString(_cell.Read(column, i, out RawKind _));
        // A handful, the frequent ones first.
        int known = _actionNames.IndexOf(name);
        if (known >= 0) return (byte)known;
        if (_actionNames.Count == MaxActions)
            throw column.Bad($"has more than {MaxActions} different actions");
        _actionNames.Add(name);
        return (byte)(_actionNames.Count - 1);
    }

    private EventColumns ToColumns()
    {
        ArrowKeys items = _keys[(int)ColumnRole.Item]!;
        ArrowKeys? sessions = _keys[(int)ColumnRole.Session], users = _keys[(int)ColumnRole.User];
        bool named = _map.Has(ColumnRole.Action) && _fields[_map[ColumnRole.Action]].Values.IsText;
        return new EventColumns
        {
            Items = items.Numbers,
            ItemTexts = items.Texts,
            Sessions = sessions?.Numbers ?? default,
            SessionTexts = sessions?.Texts,
            Users = users?.Numbers ?? default,
            UserTexts = users?.Texts,
            TimesMs = _times.ToArray(),
            Actions = _actions.ToArray(),
            ActionNames = named ? _actionNames : null,
            Categories = _labels[(int)ColumnRole.Category],
            Titles = _labels[(int)ColumnRole.Title],
        };
    }
}
