// Each error of a filter or boost: where it points, and that it says what to do.

using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Recommendation.Rules.Filters;

namespace EmbedEngine.Tests.Recommendation.Rules.Filters;

public sealed class FilterErrorTests
{
    private static readonly FilterCatalogue Empty = new(
        [
            ("price", AttributeType.Number), ("brand", AttributeType.Text),
            ("in_stock", AttributeType.Boolean), ("added", AttributeType.Time), ("tags", AttributeType.Tags),
        ],
        [[], [], [], [], []]);

    [Theory]
    [InlineData("", 1, "it is empty; write a condition, such as price <= 50")]
    [InlineData("   ", 4, "it is empty")]
    [InlineData("price", 1, "'price' is a number, and no condition alone; compare it")]
    [InlineData("tags", 1, "ask has 'x'")]
    [InlineData("price 5", 7, "expected an operator after 'price', found number '5'; operators are = !=")]
    [InlineData("price =", 8, "expected a value (a number, 'text', true or false), found the end")]
    [InlineData("price = and", 9, "expected a value, found 'and'; a text stands in single quotes")]
    [InlineData("brand = own", 9, "a text stands in single quotes: '…'")]
    [InlineData("brand = \"own\"", 9, "expected a value, found name 'own'")]
    [InlineData("brand = 'own", 9, "this text is not closed: put ' at its end")]
    [InlineData("brand = 'own''", 9, "this text is not closed")]
    [InlineData("\"brand = 'own'", 1, "this name is not closed: put \" at its end")]
    [InlineData("\"\" = 1", 1, "a name of no letters")]
    [InlineData("5 < price", 1, "an attribute stands on the left")]
    [InlineData("'brand' = 'x'", 1, "a name needs no quotes")]
    [InlineData("price < 5 and", 14, "expected an attribute, found the end")]
    [InlineData("price < 5 and or brand = 'x'", 15, "expected an attribute, found the word 'or'")]
    [InlineData("price < 5 brand = 'x'", 11, "expected and, or or the end, found 'brand'")]
    [InlineData("price < 5)", 10, "')' closes nothing")]
    [InlineData("(price < 5", 1, "this parenthesis is not closed")]
    [InlineData("(price < 5 brand = 'x')", 12, "expected and, or or ), found 'brand'")]
    [InlineData("not", 4, "expected an attribute, found the end")]
    [InlineData("price not = 5", 11, "write not before the whole condition")]
    [InlineData("price in 5", 10, "expected a list, such as ('a', 'b'), found number '5'")]
    [InlineData("price in ()", 11, "an empty list")]
    [InlineData("price in (1 2)", 13, "expected a comma or ), found number '2'")]
    [InlineData("price in (1, 2", 10, "this list is not closed")]
    [InlineData("price in (1,)", 13, "expected a value")]
    [InlineData("price between 1, 5", 16, "expected and with the upper end")]
    [InlineData("price is 5", 10, "expected missing or not missing, found number '5'; values are compared")]
    [InlineData("price != null", 10, "'null' is no value; ask is missing or is not missing")]
    [InlineData("brand starts 'x'", 14, "expected with (starts with 'x')")]
    [InlineData("brand contains 5", 16, "expected a text in single quotes, found number '5'")]
    [InlineData("tags has ('a', 'b')", 10, "write has any (…) or has all (…)")]
    [InlineData("price ! 5", 7, "write != or not")]
    [InlineData("price < 5 && in_stock", 11, "write and")]
    [InlineData("price < 5 || in_stock", 11, "write or")]
    [InlineData("price < 5; in_stock", 10, "';' is not of the language")]
    [InlineData("brand = ‘own’", 9, "a typographic quote")]
    [InlineData("price < 5\0", 10, "a control character (U+0000)")]
    [InlineData("price < 12abc", 9, "'12abc' is no number")]
    [InlineData("price < 1.2.3", 9, "'1.2.3' is no number")]
    [InlineData("price < 1e", 9, "'1e' is no number")]
    [InlineData("price < -", 9, "'-' is no number")]
    [InlineData("price < 1e999", 9, "'1e999' is too large")]
    [InlineData("price < -1e999", 9, "'-1e999' is too large")]
    [InlineData("price < nan", 9, "expected a value, found 'nan'")]
    [InlineData("price < 5 * 2", 11, "a filter has no factor")]
    [InlineData("𝄞 < 5", 1, "'𝄞' is not of the language")]
    [InlineData("brand = '𝄞𝄞' x", 14, "found 'x'")]
    [InlineData("pric < 5", 1, "there is no attribute 'pric'; did you mean 'price'? attributes are added, ")]
    [InlineData("in_stock and colour = 'x'", 14, "there is no attribute 'colour'; attributes are")]
    [InlineData("Price < 5", 1, "did you mean 'price'?")]
    [InlineData("price = 'x'", 9, "'price' is a number and cannot be compared with text 'x'; write a number")]
    [InlineData("price in (1, 'x')", 14, "'price' is a number and cannot be compared with text 'x'")]
    [InlineData("price = true", 9, "cannot be compared with true")]
    [InlineData("brand = 5", 9, "'brand' is a text and cannot be compared with number '5'; write it in")]
    [InlineData("in_stock = 1", 12, "'in_stock' is true or false and cannot be compared with number '1'")]
    [InlineData("in_stock < true", 1, "which have no order; use = or !=")]
    [InlineData("added > 'yesterday'", 9, "text 'yesterday' is no time")]
    [InlineData("added > '1969-01-01'", 9, "no time of the years 1970 to 9999")]
    [InlineData("added > true", 9, "'added' is a time and cannot be compared with true")]
    [InlineData("price starts with 'x'", 1, "'price' is a number; starts with and contains ask texts")]
    [InlineData("brand has 'x'", 1, "'brand' is a text; has asks tags")]
    [InlineData("tags = 'x'", 1, "'tags' is a set of tags; ask has, has any, has all or is missing")]
    [InlineData("tags has any ('x', 5)", 20, "'tags' is a set of tags and cannot be compared with number")]
    public void Filter_Wrong_SaysWhereAndWhatToDo(string text, int column, string said)
    {
        var error = Assert.Throws<EmbedEngineException>(() => ParsedFilter.Parse(text).Bind(Empty));
        Assert.Equal(ErrorCode.InvalidArgument, error.Code);
        Assert.StartsWith($"filter, column {column}: ", error.Message);
        Assert.Contains(said, error.Message);
    }

    [Theory]
    [InlineData("", 1, "it is empty; write a condition, such as brand = 'own' * 1.2")]
    [InlineData("brand = 'own'", 14, "a boost ends with * and a factor")]
    [InlineData("brand = 'own' *", 16, "a factor is a number, such as * 1.2; found the end")]
    [InlineData("brand = 'own' * x", 17, "a factor is a number")]
    [InlineData("brand = 'own' * 0", 17, "factor '0' is out of range")]
    [InlineData("brand = 'own' * -1", 17, "factor '-1' is out of range")]
    [InlineData("brand = 'own' * 1e39", 17, "factor '1e39' is out of range")]
    [InlineData("brand = 'own' * 1e-50", 17, "factor '1e-50' is out of range")]
    [InlineData("brand = 'own' * 1e999", 17, "too large")]
    [InlineData("brand = 'own' * 2 * 3", 19, "a boost ends with its factor; leave out '*'")]
    [InlineData("* 2", 1, "expected an attribute, found '*'")]
    [InlineData("brand 'own' * 2", 7, "expected an operator")]
    [InlineData("brand = 'own') * 2", 14, "closes nothing")]
    [InlineData("brnd = 'own' * 2", 1, "did you mean 'brand'?")]
    public void Boost_Wrong_SaysWhereAndWhatToDo(string text, int column, string said)
    {
        var error = Assert.Throws<EmbedEngineException>(
            () => ItemBoost.Parse(text).Filter.Parsed.Bind(Empty));
        Assert.Equal(ErrorCode.InvalidArgument, error.Code);
        Assert.StartsWith($"boost, column {column}: ", error.Message);
        Assert.Contains(said, error.Message);
    }

    [Theory]
    [InlineData("brand = 'own' * 1.2", 1.2)]
    [InlineData("in_stock*.5", 0.5)]
    [InlineData("price < 5 or in_stock * +3e2", 300)]
    public void Boost_Right_HasExpressionAndFactor(string text, double factor)
    {
        ItemBoost boost = ItemBoost.Parse(text);
        Assert.Equal(factor, boost.Factor);
        Assert.Equal(text, boost.Expression);
        Assert.Equal(text[..text.IndexOf('*')].Trim(), boost.Filter.Expression);
        Assert.Equal(text.Contains("or ") ? 2 : 1, boost.Filter.Parsed.Clauses.Count);
    }

    [Fact]
    public void Limits_AtTheEdge_HoldAndNotBeyond()
    {
        string deepest = new string('(', 64) + "in_stock" + new string(')', 64);
        _ = ParsedFilter.Parse(deepest);
        AssertError($"({deepest})", 65, "64 deep at most");
        _ = ParsedFilter.Parse(string.Concat(Enumerable.Repeat("not ", 64)) + "in_stock");
        AssertError(string.Concat(Enumerable.Repeat("not ", 65)) + "in_stock", 257, "64 deep at most");
        AssertError(new string('(', 60_000), 65, "64 deep at most");

        string list = string.Join(',', Enumerable.Range(0, 4095));
        Assert.Equal(4095, ParsedFilter.Parse($"price in ({list})").Clauses[0].Values.Count);
        AssertError($"price in ({list},1)", list.Length + 12, "4,096 conditions and values of lists");
        _ = ParsedFilter.Parse(string.Join(" or ", Enumerable.Repeat("in_stock", 4096)));
        AssertError(
            string.Join(" or ", Enumerable.Repeat("in_stock", 4097)), 4096 * 12 + 1, "4,096 conditions");

        string longest = $"brand = '{new string('x', 65_536 - 10)}'";
        _ = ParsedFilter.Parse(longest);
        AssertError(longest + " ", 1, "it has 65,537 bytes; 65,536 are the most");
        AssertError($"brand = '{new string('é', 33_000)}'", 1, "it has 66,010 bytes");
    }

    [Theory]
    [InlineData("brand = '{0}'", 10)]
    [InlineData("brand = 'x' {0}", 13)]
    [InlineData("𝄞{0}", 2)]
    public void Filter_HalfACharacter_IsRefused(string text, int column)
    {
        // Attributes of tests cannot hold them.
        AssertError(text.Replace("{0}", "\ud834", StringComparison.Ordinal), column, "half a character");
        AssertError(text.Replace("{0}", "\udd1e", StringComparison.Ordinal), column, "half a character");
    }

    [Fact]
    public void Messages_OfLongTexts_AreShort()
    {
        string word = new('x', 60_000);
        Assert.Equal($"filter, column 1: there is no attribute '{word[..40]}…'; attributes are added, brand,"
            + " in_stock, price, tags", Error($"{word} = 1").Message);
        Assert.Contains($"text '{word[..40]}…'; write", Error($"price = '{word}'").Message);
        Assert.Contains("'12𝄞", Error("price = '12𝄞'").Message);
        Assert.EndsWith("there is no attribute 'x': the catalogue has none; import some first",
            Assert.Throws<EmbedEngineException>(() => ParsedFilter.Parse("x").Bind(new Bare())).Message);
    }

    private static void AssertError(string text, int column, string said)
    {
        EmbedEngineException error = Error(text);
        Assert.StartsWith($"filter, column {column}: ", error.Message);
        Assert.Contains(said, error.Message);
    }

    private static EmbedEngineException Error(string text) =>
        Assert.Throws<EmbedEngineException>(() => ParsedFilter.Parse(text).Bind(Empty));

    /// <summary>A catalogue without attributes.</summary>
    private sealed class Bare : ItemAttributes
    {
        public override int Rows => 0;

        public override IReadOnlyList<AttributeColumn> Columns => [];

        public override ReadOnlySpan<int> Changed => [];

        public override AttributeValue ValueOf(int row, int column) => default;
    }
}
