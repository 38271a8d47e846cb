// Which column of a delimited file is what, by the caller's names or by the names such files usually have.

namespace EmbedEngine.Interactions.Reading;

/// <summary>What a column is used for.</summary>
internal enum ColumnRole : byte
{
    None = 0,
    Session = 1,
    User = 2,
    Time = 3,
    Action = 4,
    Item = 5,
    Category = 6,
    Title = 7,
    Order = 8,
    Rating = 9,
}

/// <summary>Column index of each role, −1 = not there.</summary>
internal sealed class ColumnMap
{
    /// <summary>Roles, the one that is none among them.</summary>
    public const int Roles = 10;

    /// <summary>In place of a column's name: there is none, whatever the header looks like.</summary>
    public const string NoColumn = "-";

    // Names without case, blanks, underscores, dots and hyphens; earlier ones win.
    private static readonly string[][] Names =
    [
        [],
        ["sessionid", "session", "usersession", "sid", "sessid", "sessionkey", "visitid", "visit", "basketid",
            "basket",
            "invoiceno", "invoice", "impressionid", "gasessionid", "sessionno", "sessionnumber",
            "sessionuuid", "receiptid", "receiptno", "receipt", "ticketid", "tripid"],
        ["userid", "user", "uid", "visitorid", "visitor", "personid", "customerid", "customer", "memberid",
            "accountid",
            "clientid", "deviceid", "reviewerid", "cookieid", "anonid", "person", "member", "account",
            "userkey", "usercode", "userno", "customerno", "customercode", "custid", "shopperid", "buyerid",
            "subscriberid", "profileid", "householdkey", "householdid", "playerid", "viewerid", "readerid",
            "listenerid", "anonymousid", "distinctid", "userpseudoid", "fullvisitorid", "userhash"],
        ["timestamp", "time", "ts", "eventtime", "eventtimestamp", "datetime", "timestampms", "tsms",
            "timems", "clicktime",
            "eventdate", "date", "createdat", "unixtime", "unixtimestamp", "unixreviewtime", "epoch", "t",
            "eventts", "eventdatetime", "eventtimems", "occurredat", "localtime", "servertime", "logtime",
            "clickedat", "viewedat", "playedat", "watchedat", "ratedat", "addedat", "visittime", "viewtime",
            "tdat", "invoicedate", "orderdate", "orderdatetime", "ordertime", "orderedat", "purchasedate",
            "purchasetime", "purchasedat", "transactiondate", "transactiontime", "saledate", "receiptdate",
            "reviewdate", "reviewtime", "ratingtime", "day"],
        ["eventtype", "event", "action", "actiontype", "type", "behavior", "behaviortype", "behaviour",
            "interaction",
            "interactiontype", "eventname", "activity", "feedbacktype", "eventaction", "actionname",
            "usereventtype", "verb"],
        ["itemid", "item", "productid", "product", "articleid", "clickarticleid", "article", "contentid",
            "content", "aid",
            "movieid", "newsid", "trackid", "songid", "videoid", "bookid", "gameid", "courseid", "docid",
            "documentid",
            "parentasin", "asin", "isbn", "sku", "stockcode", "businessid", "poiid", "itemkey", "movie",
            "iid", "itemcode", "itemno", "productcode", "productno", "productkey", "articleno", "materialid",
            "offerid", "listingid", "propertyid", "hotelid", "recipeid", "restaurantid", "animeid", "gmapid",
            "beerid", "postid", "storyid", "jobid", "artistid", "trackuri"],
        ["categorycode", "category", "itemcategory", "productcategory", "categoryname", "categoryid",
            "maincategory",
            "genres", "genre", "cat"],
        ["title", "itemtitle", "producttitle", "productname", "itemname", "name", "headline"],
        [], // Which columns order rows, or rate, only the caller knows.
        [],
    ];

    /// <summary>Names that the item column of a table of items has, those of events first.</summary>
    public static readonly string[] CatalogueItemNames =
        [.. Names[(int)ColumnRole.Item], "id", "key", "code", "uuid", "handle"];

    private static readonly string[] Options =
        ["", "--session", "--user", "--time", "--action", "--item", "--category", "--title", "--order",
            "--rating"];

    private readonly int[] _columns = new int[Roles];

    private ColumnMap(int columnCount)
    {
        ColumnCount = columnCount;
        Array.Fill(_columns, -1);
    }

    public int ColumnCount { get; }

    public int this[ColumnRole role] => _columns[(int)role];

    public bool Has(ColumnRole role) => _columns[(int)role] >= 0;

    /// <summary>Says which columns were taken, and which were not.</summary>
    public void Describe(IReadOnlyList<string> header, ReadingNotes notes)
    {
        for (int role = 1; role < Roles; role++)
        {
            if (_columns[role] >= 0) notes.Take(Options[role][2..], header[_columns[role]]);
        }
        for (int i = 0; i < header.Count; i++)
        {
            if (!_columns.Contains(i)) notes.Leave(header[i]);
        }
    }

    /// <summary>Finds the columns of a header.</summary>
    /// <exception cref="EmbedEngineException">BadInput: a named or a needed column is not there.</exception>
    public static ColumnMap Find(IReadOnlyList<string> header, ImportOptions options, string file)
    {
        var map = new ColumnMap(header.Count);
        string?[] given =
            [null, options.Session, options.User, options.Time, options.Action, options.Item,
                options.Category, options.Title, options.Order, options.Rating];
        string shown = string.Join(", ", header.Take(40));
        for (int role = 1; role < Roles; role++)
        {
            if (given[role] is not { } name || name == NoColumn) continue;
            int column = IndexOf(header, name);
            if (column < 0)
            {
                throw new EmbedEngineException(
                    ErrorCode.BadInput,
                    $"{file}: no column '{name}' ({Options[role]}); the header is: {shown}");
            }
            map._columns[role] = column;
        }
        string[] plain = [.. header.Select(Normalize)];
        for (int role = 1; role < Roles; role++)
        {
            if (map._columns[role] >= 0 || given[role] == NoColumn) continue;
            foreach (string name in Names[role])
            {
                int column = Array.IndexOf(plain, name);
                if (column < 0 || map._columns.Contains(column)) continue;
                map._columns[role] = column;
                break;
            }
        }
        if (!map.Has(ColumnRole.Item))
        {
            throw new EmbedEngineException(
                ErrorCode.BadInput,
                $"{file}: no item column found: name it with --item; the header is: {shown}");
        }
        if (!map.Has(ColumnRole.Session) && !map.Has(ColumnRole.User))
        {
            throw new EmbedEngineException(
                ErrorCode.BadInput,
                $"{file}: no session and no user column found: name one with --session or --user; the "
                + $"header is: {shown}");
        }
        return map;
    }

    /// <summary>
    /// The column of a role: the one named, else by the names such columns have; −1 = none.
    /// </summary>
    /// <exception cref="EmbedEngineException">BadInput: the named one is not there.</exception>
    public static int Find(
        IReadOnlyList<string> header, string? given, string option, ReadOnlySpan<string> names, string file)
    {
        if (given is not null)
        {
            int column = IndexOf(header, given);
            if (column >= 0) return column;
            throw new EmbedEngineException(
                ErrorCode.BadInput,
                $"{file}: no column '{given}' ({option}); the columns are: "
                + string.Join(", ", header.Take(40)));
        }
        string[] plain = [.. header.Select(Normalize)];
        foreach (string name in names)
        {
            int column = Array.IndexOf(plain, name);
            if (column >= 0) return column;
        }
        return -1;
    }

    /// <summary>Names that columns of a role have, without case, blanks, underscores and hyphens.</summary>
    public static ReadOnlySpan<string> NamesOf(ColumnRole role) => Names[(int)role];

    private static int IndexOf(IReadOnlyList<string> header, string name)
    {
        for (int i = 0; i < header.Count; i++)
            if (header[i] == name) return i;
        for (int i = 0; i < header.Count; i++)
            if (string.Equals(header[i], name, StringComparison.OrdinalIgnoreCase)) return i;
        return -1;
    }

    private static string Normalize(string name)
    {
        // MIND-style and recommender-library headers carry types: "user_id:token".
        int colon = name.IndexOf(':', StringComparison.Ordinal);
        ReadOnlySpan<char> bare = colon > 0 ? name.AsSpan(0, colon) : name;
        var kept = new System.Text.StringBuilder(bare.Length);
        foreach (char c in bare)
            if (char.IsLetterOrDigit(c)) kept.Append(char.ToLowerInvariant(c));
        return kept.ToString();
    }
}
