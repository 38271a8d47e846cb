using System.Text;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Reading;

namespace EmbedEngine.Tests.Interactions.Keys;

public sealed class ActionTableTests
{
    private static byte Code(ActionTable table, string name) => table.GetOrAdd(Encoding.UTF8.GetBytes(name));

    [Theory]
    [InlineData("clicks", 0)]
    [InlineData("VIEW", 0)]
    [InlineData("pv", 0)]
    [InlineData("AddToCart", 1)]
    [InlineData("add_to_cart", 1)]
    [InlineData("purchase", 2)]
    [InlineData("transaction", 2)]
    [InlineData("remove_from_cart", 3)]
    public void GetOrAdd_UsualSpelling_IsBuiltIn(string name, int code)
    {
        var table = new ActionTable();
        Assert.Equal(code, Code(table, name));
        Assert.Equal(code, Code(table, name));
        Assert.Equal(4, table.Count);
    }

    [Fact]
    public void GetOrAdd_UnknownName_KeepsItsNameWithWeightOne()
    {
        var table = new ActionTable();
        byte code = Code(table, "LIKE");
        Assert.Equal(("LIKE", 1.0, ActionKind.Other, "LIKE"),
            (table.Name(code), table.Weight(code), table.Kind(code), table.Token(code)));
        Assert.Equal(code, Code(table, "like"));
        Assert.Equal("LIKE_x", Tokens.ActionItem(table, code, "x"));
    }

    [Fact]
    public void BuiltIn_WeightsAreTheClassicalOnes()
    {
        var table = new ActionTable();
        Assert.Equal([1, 3, 5, -2], Enumerable.Range(0, 4).Select(c => table.Weight((byte)c)));
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(
            c => ActionTable.MakesPositivePairs((float)table.Weight((byte)c))));
        Assert.Equal(["view_7", "cart_7", "buy_7", "remove_7"],
            Enumerable.Range(0, 4).Select(c => Tokens.ActionItem(table, (byte)c, "7")));
    }

    [Fact]
    public void Apply_CallersMap_Overrides()
    {
        var table = new ActionTable();
        table.Apply(ActionMapping.ParseList("view=view:2, add_cart=cart:4,wishlist=cart:1.5,like=like:7"));
        Assert.Equal(2, table.Weight(ActionTable.Clicks));
        Assert.Equal(4, table.Weight(Code(table, "add_cart")));
        byte wish = Code(table, "WISHLIST");
        Assert.Equal(
            (1.5, ActionKind.Cart, "cart"), (table.Weight(wish), table.Kind(wish), table.Token(wish)));
        byte like = Code(table, "like");
        Assert.Equal((7.0, ActionKind.Other), (table.Weight(like), table.Kind(like)));
        table.Apply(ActionMapping.ParseList("like=like:8"));
        Assert.Equal(8, table.Weight(like));
        ActionTable copy = ActionTable.FromJson(table.ToJson());
        Assert.Equal(table.ToJson(), copy.ToJson());
        Assert.Equal(wish, Code(copy, "wishlist"));
    }

    [Fact]
    public void GetOrAdd_TooManyActions_IsBadInput()
    {
        var table = new ActionTable();
        for (int i = table.Count; i < ActionTable.MaxActions; i++) Code(table, $"a{i}");
        Assert.Equal(ErrorCode.BadInput, Assert.Throws<EmbedEngineException>(() => Code(table, "more")).Code);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("[{\"name\":\"x\"}]")]
    [InlineData("nonsense")]
    public void FromJson_Damaged_IsCorrupt(string json) =>
        Assert.Equal(
        ErrorCode.Corrupt, Assert.Throws<EmbedEngineException>(() => ActionTable.FromJson(json)).Code);

    [Theory]
    [InlineData("view")]
    [InlineData("=x:1")]
    [InlineData("a=b:zero")]
    [InlineData("a=:1")]
    [InlineData("a=b:NaN")]
    public void ParseList_BadEntry_IsAnArgumentError(string text) =>
        Assert.Throws<ArgumentException>(() => ActionMapping.ParseList(text));

    [Fact]
    public void TryParse_Token_TakesTheLongestPrefix()
    {
        var table = new ActionTable();
        byte code = Code(table, "view_more");
        Assert.True(Tokens.TryParse(table, "view_more_x_1", out byte action, out string key));
        Assert.Equal((code, "x_1"), (action, key));
        Assert.True(Tokens.TryParse(table, "cart_45", out action, out key));
        Assert.Equal((ActionTable.Carts, "45"), (action, key));
        Assert.False(Tokens.TryParse(table, "45", out _, out _));
    }
}
