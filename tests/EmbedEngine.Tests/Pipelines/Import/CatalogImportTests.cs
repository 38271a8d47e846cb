// Catalogues as people have them, good and bad: what is taken, what is refused and where, what is said.

using System.Text;

namespace EmbedEngine.Tests.Pipelines.Import;

public sealed class CatalogImportTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private CatalogReport Import(string text, CatalogOptions? options = null, string name = "items.csv")
    {
        using Engine engine = _scratch.Open();
        return engine.ImportCatalog(_scratch.Write(name, text), options);
    }

    private string? Of(string item, string attribute)
    {
        using Engine engine = _scratch.Open();
        return engine.AttributesOf(item).GetValueOrDefault(attribute);
    }

    private EmbedEngineException Refused(string text, CatalogOptions? options = null) =>
        Assert.Throws<EmbedEngineException>(() => Import(text, options));

    private static string Types(CatalogReport report) =>
        string.Join(' ', report.Attributes.Select(a => $"{a.Name}:{a.Type}:{a.Filled}"));

    [Fact]
    public void Csv_Columns_BecomeAttributesOfTheirTypes()
    {
        CatalogReport report = Import(
            "\uFEFFProduct_ID;Title;Category;Price;In Stock;Added;tags;size\n"
            + "10;\"Boot; brown\";shoes;19.90;true;2026-01-31;red|winter;38\n"
            + "11;Bag;bags;5;false;2026-02-01T10:00:00Z;;M\n"
            + "12;\"Say \"\"hi\"\"\";bags;;yes;;blue;L\n");
        Assert.Equal(
            "title:Text:3 category:Text:3 price:Number:2 In Stock:Boolean:3 Added:Time:2 tags:Tags:2 "
                + "size:Text:3",
            Types(report));
        Assert.Equal((3L, 3L, 0L, KeyKind.Int64),
            (report.Items, report.NewItems, report.Rejected, report.ItemKeys));
        Assert.Equal("Product_ID", report.Columns["item"]);
        Assert.Equal("Boot; brown", Of("10", "title"));
        Assert.Equal("Say \"hi\"", Of("12", "title"));
        Assert.Equal("19.9", Of("10", "price"));
        Assert.Equal("red|winter", Of("10", "tags"));
        Assert.Equal("2026-02-01T10:00:00.000Z", Of("11", "Added"));
    }

    [Fact]
    public void JsonLines_ArraysAreTags_NullsTakeAway_PathsAreNames()
    {
        CatalogReport report = Import(
            "{\"id\":\"a\",\"price\":3,\"tags\":[\"x\",\"y\",7],\"dim\":{\"w\":1.5},\"new\":true}\n"
            + "{\"id\":\"b\",\"price\":4.5,\"tags\":[],\"new\":false}\n", name: "a.jsonl");
        Assert.Equal("price:Number:2 tags:Tags:1 dim.w:Number:1 new:Boolean:2", Types(report));
        Assert.Equal("7|x|y", Of("a", "tags"));
        Import("[{\"id\":\"a\",\"price\":null,\n \"new\":false},\n {\"id\":\"c\"}]", name: "b.json");
        Assert.Null(Of("a", "price"));
        Assert.Equal("1.5", Of("a", "dim.w"));
        Assert.Equal("false", Of("a", "new"));
    }

    [Fact]
    public void EmptyCells_LeaveWhatIsThere_AndNewFilesAddToIt()
    {
        Import("item,price,brand\n1,5,own\n2,6,\n");
        CatalogReport report = Import("item,price,stock\n1,,7\n3,9,1\n");
        Assert.Equal((2L, 1L), (report.Items, report.NewItems));
        Assert.Equal(("5", "own", "7"), (Of("1", "price"), Of("1", "brand"), Of("1", "stock")));
        Assert.Equal("6", Of("2", "price"));
    }

    [Fact]
    public void MissingWords_AreNoValues()
    {
        CatalogReport report = Import("item,price,brand\n1,NaN,own\n2,NULL,None\n3,\\N,<NA>\n4,2.5,x\n");
        Assert.Equal("price:Number:1 brand:Text:2", Types(report));
        Assert.Equal(0, report.Rejected);
    }

    [Fact]
    public void BadValues_AreLocated_AndTheirRowsRefused()
    {
        var text = new StringBuilder("item,price\n");
        for (int i = 0; i < 100; i++)
            text.Append($"{i},{(i == 40 ? "1.000,50" : i == 60 ? "inf" : $"{i}")}\n");
        text.Append("NaN,3\nword,4\n200,5,6\n");
        CatalogReport report = Import(text.ToString().Replace("1.000,50", "\"1.000,50\""));
        Assert.Equal(4, report.Rejected);
        Assert.Equal(
            [(42L, "price '1.000,50' is no finite number"), (62L, "price 'inf' is no finite number")],
            report.FirstErrors.Where(e => e.Line is 42 or 62).Select(e => (e.Line, e.Reason)));
        Assert.Contains(report.FirstErrors, e =>
            e.Line == 104 && e.Reason.Contains("3 columns, the header 2"));
    }

    [Fact]
    public void MixedColumns_AreText_AndSaySo()
    {
        CatalogReport report = Import("item,size\n1,38\n2,39\n3,M\n4,40\n");
        Assert.Equal("size:Text:4", Types(report));
        string warning = Assert.Single(report.Warnings);
        Assert.Contains("size", warning);
        Assert.Contains("line 4", warning);
        Assert.Contains("--attribute", warning);
        // Told that it is a number, the row that is none is refused.
        using var fresh = new StoreScratch();
        using Engine engine = fresh.Open();
        report = engine.ImportCatalog(
            fresh.Write("i.csv", "item,size\n1,38\n2,39\n3,M\n4,40\n"),
            new CatalogOptions { Attributes = [new AttributeMapping("size", "size", AttributeType.Number)] });
        Assert.Equal(("size:Number:3", 1L, 4L), (Types(report), report.Rejected, report.FirstErrors[0].Line));
    }

    [Fact]
    public void CodesKeepTheirZeros_CompactDatesAreDates_CategoriesAreNames()
    {
        CatalogReport report = Import(
            "item,ean,category_id,day\n1,00012345,17,20260131\n2,00012346,18,20260201\n",
            new CatalogOptions { Attributes = [new AttributeMapping("day", "day", AttributeType.Time)] });
        Assert.Equal("ean:Text:2 category:Text:2 day:Time:2", Types(report));
        Assert.Equal(("00012345", "17"), (Of("1", "ean"), Of("1", "category")));
        Assert.Equal("2026-01-31T00:00:00.000Z", Of("1", "day"));
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.Csv(_scratch.Write("e.csv",
            "session,item,category\n1,1,shoes\n1,2,bags\n")));
        Assert.Equal("shoes", engine.AttributesOf("1")["category"]);
    }

    [Fact]
    public void SeveralRowsOfAnItem_TheLastCounts_AndItIsSaid()
    {
        CatalogReport report = Import("item,price,brand\n1,5,own\n1,6,\n2,1,x\n");
        Assert.Equal((2L, "6", "own"), (report.Items, Of("1", "price"), Of("1", "brand")));
        Assert.Contains("1 row names an item that an earlier row names too", Assert.Single(report.Warnings));
    }

    [Fact]
    public void LongTexts_AreCutBetweenCharacters_AndItIsSaid()
    {
        string text = new string('x', 65_535) + "é and more";
        CatalogReport report = Import($"item,story\n1,{text}\n2,{new string('y', 1_000_000)}\n3,short\n");
        Assert.Equal((65_535, 65_536), (Of("1", "story")!.Length, Of("2", "story")!.Length));
        Assert.Contains("2 texts are longer than 65536 bytes", Assert.Single(report.Warnings));
    }

    [Fact]
    public void ManyCategories_AndCommasInThem_AreKept()
    {
        var text = new StringBuilder("item,category\n");
        for (int i = 0; i < 12_000; i++) text.Append($"{i},\"home, garden {i % 10_000}\"\n");
        CatalogReport report = Import(text.ToString());
        Assert.Equal(10_000, Assert.Single(report.Attributes).Values);
        Assert.Equal("home, garden 77", Of("10077", "category"));
    }

    [Theory]
    [InlineData("price,brand\n1,2\n",
        "no item column found: name it with --item; the columns are: price, brand")]
    [InlineData("item,a,a\n1,2,3\n", "the header has two columns 'a'")]
    [InlineData("item,price\n", "holds no items")]
    [InlineData("", "the file is empty")]
    [InlineData("item,price\nNaN,1\nNULL,2\n", "are bad")]
    public void Files_ThatCannotBeRead_AreErrors_AndChangeNothing(string text, string said)
    {
        Assert.Contains(said, Refused(text).Message);
        Assert.False(Directory.Exists(Path.Combine(_scratch.Store, "attributes")));
    }

    [Fact]
    public void Strict_AndOtherTypes_EndTheImport_WithNothingChanged()
    {
        Import("item,price\n1,5\n");
        Assert.Contains(
            "items.csv:3: price 'x' is no finite number (strict import)",
            Refused("item,price\n1,6\n2,x\n", new CatalogOptions { Strict = true }).Message);
        Assert.Contains("'price' is a number, not a text", Refused(
            "item,cost\n1,6\n",
            new CatalogOptions { Attributes = [new AttributeMapping("price", "cost", AttributeType.Text)] })
            .Message);
        Assert.Contains("no column 'cost' (--attribute)", Refused(
            "item,price\n1,6\n", new CatalogOptions { Attributes = [new AttributeMapping("x", "cost")] })
            .Message);
        Assert.Equal("5", Of("1", "price"));
    }

    [Fact]
    public void Store_OfTextKeys_TakesIntegersAsText_AndItemsOfTheLogAreNotNew()
    {
        using (Engine engine = _scratch.Open())
            engine.Import(EventSource.Csv(_scratch.Write("e.csv", "session,item\n1,a\n1,7\n2,a\n2,7\n")));
        CatalogReport report = Import("item,brand\n7,x\na,y\nnew,z\n");
        Assert.Equal((3L, 1L, KeyKind.Text), (report.Items, report.NewItems, report.ItemKeys));
        using Engine asked = _scratch.Open();
        asked.Import(EventSource.Csv(_scratch.Write("f.csv", "session,item\n5,new\n5,7\n")));
        Assert.Equal("z", asked.AttributesOf("new")["brand"]);
    }

    [Fact]
    public void Catalogue_First_SettlesTheKeysOfANewStore()
    {
        Import("item,brand\nsku-1,x\n");
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.Csv(_scratch.Write("e.csv", "session,item\n1,1\n1,2\n")));
        Assert.Equal(KeyKind.Text, engine.Info().ItemKeys);
    }

    [Fact]
    public void EventFiles_WithCategories_FeedTheCatalogue()
    {
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.Csv(_scratch.Write(
            "e.csv", "session,item,category,title\n1,1,shoes,Boot\n1,2,bags,\n2,1,,Boots\n")));
        Assert.Equal(("shoes", "Boots"),
            (engine.AttributesOf("1")["category"], engine.AttributesOf("1")["title"]));
        Assert.Equal(["category", "title"], engine.Attributes().Select(a => a.Name));
    }
}
