using EmbedEngine.Report.Page;

namespace EmbedEngine.Tests.Report;

public sealed class HtmlTextTests
{
    [Theory]
    [InlineData("a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;")]
    [InlineData("a\nb\tc", "a b c")]
    [InlineData("\u0000\u0001\u001f\u007f\ufffe", "\ufffd\ufffd\ufffd\ufffd\ufffd")]
    [InlineData("😀", "😀")]
    [InlineData(null, "")]
    public void Escape_KnownTexts(string? text, string expected) =>
        Assert.Equal(expected, HtmlText.Escape(text));

    [Fact]
    public void Escape_HalfAPair_IsReplaced() =>
        Assert.Equal("\ufffda\ufffd", HtmlText.Escape("\ud83da\ude00"));

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdefg", 6, "abcde…")]
    [InlineData("abcd efg", 6, "abcd…")]
    public void Shorten_KnownTexts(string text, int length, string expected) =>
        Assert.Equal(expected, HtmlText.Shorten(text, length));

    [Fact]
    public void Shorten_NeverCutsAPair() => Assert.Equal("a…", HtmlText.Shorten("a😀bc", 3));

    [Theory]
    [InlineData(.1234, "12.3\u00a0%")]
    [InlineData(.000123, "0.012\u00a0%")]
    [InlineData(0, "0.0\u00a0%")]
    [InlineData(1, "100.0\u00a0%")]
    public void Percent_KnownShares(double share, string expected) =>
        Assert.Equal(expected, HtmlText.Percent(share));

    [Theory]
    [InlineData(1234.6, 3, "1,235")]
    [InlineData(6, 3, "6")]
    [InlineData(12.345, 3, "12.3")]
    [InlineData(.0012345, 3, "0.00123")]
    [InlineData(0, 3, "0")]
    [InlineData(-5.678, 2, "-5.7")]
    public void Number_KnownNumbers(double number, int digits, string expected) =>
        Assert.Equal(expected, HtmlText.Number(number, digits));

    [Theory]
    [InlineData(5, "5 s")]
    [InlineData(150, "2.5 min")]
    [InlineData(9000, "2.5 h")]
    [InlineData(864000, "10 days")]
    public void Seconds_KnownTimes(double seconds, string expected) =>
        Assert.Equal(expected, HtmlText.Seconds(seconds));
}
